import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import type { Tx } from '@convene/prisma/transaction';

/**
 * A membership, and its period from the version it makes. The caller holds the company's lock.
 * @throws ConveneError ALREADY_MEMBER
 */
export async function addMember(tx: Tx, companyId: string, userId: string, role: Role): Promise<void> {
  const { count } = await tx.membership.createMany({ data: [{ companyId, userId, role }], skipDuplicates: true });
  if (count === 0) throw new ConveneError('ALREADY_MEMBER');
  const { membershipVersion: fromVersion } = await tx.company.update({
    where: { id: companyId },
    data: { membershipVersion: { increment: 1 } },
    select: { membershipVersion: true },
  });
  await tx.membershipPeriod.create({ data: { companyId, userId, role, fromVersion } });
}
