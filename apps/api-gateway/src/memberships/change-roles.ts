import type { Role } from '@convene/domain/role';
import type { Tx } from '@convene/prisma/transaction';
import { raiseMembershipVersion } from './membership-version';

/**
 * New roles of members, all at the one version they make: each one's period is closed and the next opened, so there is no
 * version at which one of them holds and another does not. The caller holds the company's lock.
 */
export async function changeRoles(
  tx: Tx,
  companyId: string,
  changes: readonly { userId: string; role: Role }[],
): Promise<void> {
  const version = await raiseMembershipVersion(tx, companyId);
  for (const { userId, role } of changes) {
    await tx.membership.update({ where: { companyId_userId: { companyId, userId } }, data: { role } });
    await tx.membershipPeriod.updateMany({
      where: { companyId, userId, toVersion: null },
      data: { toVersion: version },
    });
    await tx.membershipPeriod.create({ data: { companyId, userId, role, fromVersion: version } });
  }
}
