import { ConveneError } from '@convene/contracts/errors';
import { mayInvite, mayInviteAs } from '@convene/domain/permissions';
import type { Role } from '@convene/domain/role';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import { lockCompanyAsMember } from '../memberships/company-lock';
import type { CompanyMembership } from '../memberships/membership';

/**
 * Whether the caller may invite at all, before another server is asked for them. Their role is checked again under
 * the company's lock. @throws ConveneError NOT_FOUND, FORBIDDEN or EMAIL_NOT_VERIFIED
 */
export async function requireInviter(database: Queryable, companyId: string, userId: string): Promise<void> {
  const [inviter] = await database.query<{ role: Role; isVerified: boolean }>(sql`
    SELECT m.role::text, u.email_verified_at IS NOT NULL AS "isVerified"
    FROM memberships m JOIN companies c ON c.id = m.company_id JOIN users u ON u.id = m.user_id
    WHERE m.company_id = ${companyId}::uuid AND m.user_id = ${userId}::uuid AND c.deleted_at IS NULL`);
  if (!inviter) throw new ConveneError('NOT_FOUND');
  if (!mayInvite(inviter.role)) throw new ConveneError('FORBIDDEN');
  if (!inviter.isVerified) throw new ConveneError('EMAIL_NOT_VERIFIED');
}

/**
 * Locks the company, so that neither the caller's role nor any invite of it changes until the commit. What the caller sends
 * in the same turn of the event loop runs under the lock as well.
 * @throws ConveneError NOT_FOUND or FORBIDDEN
 */
export async function lockAsInviter(
  tx: Queryable,
  companyId: string,
  userId: string,
  offered?: Role,
): Promise<CompanyMembership> {
  const membership = await lockCompanyAsMember(tx, companyId, userId);
  const allowed = offered ? mayInviteAs(membership.role, offered) : mayInvite(membership.role);
  if (!allowed) throw new ConveneError('FORBIDDEN');
  return membership;
}
