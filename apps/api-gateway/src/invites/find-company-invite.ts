import type { Role } from '@convene/domain/role';
import type { Queryable } from '@convene/prisma/database/queryable';
import { rawSql, sql } from '@convene/prisma/database/sql';
import { INVITE_COLUMNS, type InviteRow } from './invite-view';

/** An invite as its company sees it, and whom it concerns. */
export interface CompanyInvite {
  readonly invite: InviteRow;
  /** null for an inviter who has left. */
  readonly inviterRole: Role | null;
  /** The owner of the address is a member. */
  readonly isMember: boolean;
  /** Only a user with a verified address sees the invitations to it. */
  readonly inviteeId: string | null;
  /** The database's clock. */
  readonly now: Date;
}

/** One of a company's own; another company's is as one that does not exist. The caller has locked the company, or sends this with the lock. */
export async function findCompanyInvite(
  tx: Queryable,
  companyId: string,
  inviteId: string,
): Promise<CompanyInvite | undefined> {
  const [found] = await tx.query<InviteRow & Omit<CompanyInvite, 'invite'>>(sql`
    SELECT ${rawSql(INVITE_COLUMNS)}, seat.role::text AS "inviterRole", m.user_id IS NOT NULL AS "isMember",
      CASE WHEN owner.email_verified_at IS NOT NULL THEN owner.id END AS "inviteeId", clock_timestamp() AS now
    FROM invites i JOIN companies c ON c.id = i.company_id JOIN users u ON u.id = i.inviter_id
    LEFT JOIN memberships seat ON seat.company_id = i.company_id AND seat.user_id = i.inviter_id
    LEFT JOIN users owner ON owner.email = i.email AND owner.deleted_at IS NULL
    LEFT JOIN memberships m ON m.company_id = i.company_id AND m.user_id = owner.id
    WHERE i.id = ${inviteId}::uuid AND i.company_id = ${companyId}::uuid`);
  if (!found) return undefined;
  const { inviterRole, isMember, inviteeId, now, ...invite } = found;
  return { invite, inviterRole, isMember, inviteeId, now };
}
