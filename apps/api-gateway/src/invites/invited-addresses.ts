import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';

/** An address as seen from a company that may invite it. */
export interface InvitedAddress {
  readonly email: string;
  readonly isMember: boolean;
  /** Only a user with a verified address sees the invitations to it. */
  readonly inviteeId: string | null;
  readonly isPending: boolean;
  /** The pending invite has expired, but its status is not updated yet. */
  readonly isOverdue: boolean;
  /** The last invite to the address, of the last day, unless it was answered: who answers is not being pestered. */
  readonly last: { readonly sends: number; readonly agoMs: number } | null;
}

export interface InvitedAddresses {
  /** The database's clock. */
  readonly now: Date;
  readonly inviter: { readonly displayName: string; readonly isVerified: boolean };
  /** The number of open invites of the company. */
  readonly pending: number;
  /** One for each, in no order. */
  readonly addresses: readonly InvitedAddress[];
}

/** Reads everything that decides about the invites, in one statement. The caller has locked the company, or sends this with the lock. */
export async function readInvitedAddresses(
  tx: Queryable,
  companyId: string,
  inviterId: string,
  emails: readonly string[],
): Promise<InvitedAddresses> {
  const [found] = await tx.query<InvitedAddresses>(sql`
    SELECT clock.now, (
      SELECT jsonb_build_object('displayName', display_name, 'isVerified', email_verified_at IS NOT NULL)
      FROM users WHERE id = ${inviterId}::uuid
    ) AS inviter, (
      SELECT count(*)::int FROM invites i
      WHERE i.company_id = ${companyId}::uuid AND i.status = 'PENDING' AND i.expires_at > clock.now
    ) AS pending, coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'email', given.email,
        'isMember', m.user_id IS NOT NULL,
        'inviteeId', CASE WHEN u.email_verified_at IS NOT NULL THEN u.id END,
        'isPending', i.id IS NOT NULL,
        'isOverdue', coalesce(i.expires_at <= clock.now, false),
        'last', (
          SELECT CASE WHEN l.status NOT IN ('ACCEPTED', 'REJECTED') THEN
            jsonb_build_object('sends', l.sends, 'agoMs', extract(epoch FROM clock.now - l.sent_at) * 1000) END
          FROM invites l
          WHERE l.company_id = ${companyId}::uuid AND l.email = given.email AND l.sent_at > clock.now - interval '1 day'
          ORDER BY l.sent_at DESC LIMIT 1
        )
      ))
      -- As JSON, whose length the planner does not look at: one plan serves all.
      FROM jsonb_array_elements_text(${JSON.stringify(emails)}::jsonb) AS given(email)
      LEFT JOIN users u ON u.email = given.email AND u.deleted_at IS NULL
      LEFT JOIN memberships m ON m.company_id = ${companyId}::uuid AND m.user_id = u.id
      LEFT JOIN invites i ON i.company_id = ${companyId}::uuid AND i.email = given.email AND i.status = 'PENDING'
    ), '[]') AS addresses
    FROM (SELECT clock_timestamp() AS now OFFSET 0) AS clock`);
  if (!found) throw new Error('The database did not say who may be invited');
  return found;
}
