import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import type { Tx } from '@convene/prisma/transaction';

export interface CompanyMembership {
  readonly role: Role;
  readonly company: {
    readonly id: string;
    readonly name: string;
    readonly membershipVersion: number;
    readonly createdAt: Date;
  };
}

/** @throws ConveneError NOT_FOUND to whoever is not in it: a foreign company answers like one that does not exist. */
export async function requireMembership(
  tx: Pick<Tx, 'membership'>,
  companyId: string,
  userId: string,
): Promise<CompanyMembership> {
  const membership = await tx.membership.findFirst({
    where: { companyId, userId, company: { deletedAt: null } },
    select: { role: true, company: { select: { id: true, name: true, membershipVersion: true, createdAt: true } } },
  });
  if (!membership) throw new ConveneError('NOT_FOUND');
  return membership;
}
