import { ConveneError } from '@convene/contracts/errors';
import { mayInvite, mayInviteAs } from '@convene/domain/permissions';
import type { Role } from '@convene/domain/role';
import type { Tx } from '@convene/prisma/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { type CompanyMembership, requireMembership } from '../memberships/membership';
import type { InviteRow } from './invite-view';

/**
 * Whether the caller may invite at all, before anything that takes time is done for them. It decides nothing: under the
 * company's lock they are asked again. @throws ConveneError NOT_FOUND or FORBIDDEN
 */
export async function requireInviter(tx: Pick<Tx, '$queryRaw'>, companyId: string, userId: string): Promise<void> {
  const { role } = await requireMembership(tx, companyId, userId);
  if (!mayInvite(role)) throw new ConveneError('FORBIDDEN');
}

/**
 * Locks the company, so that neither the caller's role nor any invite of it changes until the commit.
 * @throws ConveneError NOT_FOUND or FORBIDDEN
 */
export async function lockAsInviter(
  tx: Tx,
  companyId: string,
  userId: string,
  offered?: Role,
): Promise<CompanyMembership> {
  const membership = await lockCompanyAsMember(tx, companyId, userId);
  const allowed = offered ? mayInviteAs(membership.role, offered) : mayInvite(membership.role);
  if (!allowed) throw new ConveneError('FORBIDDEN');
  return membership;
}

/** Whether who made an invite may still invite. The caller holds the company's lock: it stays so until the commit. */
export async function mayStillInvite(
  tx: Pick<Tx, 'membership'>,
  { company, inviter }: Pick<InviteRow, 'company' | 'inviter'>,
): Promise<boolean> {
  const inviterSeat = { companyId: company.id, userId: inviter.id };
  const membership = await tx.membership.findUnique({
    where: { companyId_userId: inviterSeat },
    select: { role: true },
  });
  return membership !== null && mayInvite(membership.role);
}
