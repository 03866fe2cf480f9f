import type { Append } from '@convene/messaging/outbox/append';
import type { Tx } from '@convene/prisma/transaction';
import { raiseMembershipVersion } from './membership-version';
import { revokeInvitesOf } from './revoke-invites-of';

interface EndedMembership {
  readonly company: { readonly id: string; readonly name: string };
  readonly userId: string;
  /** Who ends it. */
  readonly actorId: string;
}

/**
 * Ends a membership and its period at a new version, resets the user's active company, and withdraws the user's pending
 * invites. The caller holds the company's lock. @returns false without a membership.
 */
export async function endMembership(
  tx: Tx,
  append: Append,
  { company, userId, actorId }: EndedMembership,
): Promise<boolean> {
  const companyId = company.id;
  const { count } = await tx.membership.deleteMany({ where: { companyId, userId } });
  if (count === 0) return false;
  const toVersion = await raiseMembershipVersion(tx, companyId);
  await tx.membershipPeriod.updateMany({ where: { companyId, userId, toVersion: null }, data: { toVersion } });
  await tx.user.updateMany({ where: { id: userId, activeCompanyId: companyId }, data: { activeCompanyId: null } });
  await revokeInvitesOf(tx, append, company, userId, actorId);
  return true;
}

/**
 * Ends all memberships of a company at one version, in as many statements as for one member: ten thousand are a matter
 * of a second. The caller holds the company's lock.
 */
export async function endAllMemberships(tx: Tx, companyId: string): Promise<void> {
  const toVersion = await raiseMembershipVersion(tx, companyId);
  await tx.$executeRaw`
    WITH ended AS (
      DELETE FROM memberships WHERE company_id = ${companyId}::uuid
    ), closed AS (
      UPDATE membership_periods SET to_version = ${toVersion}
      WHERE company_id = ${companyId}::uuid AND to_version IS NULL
    )
    UPDATE users SET active_company_id = NULL WHERE active_company_id = ${companyId}::uuid`;
}
