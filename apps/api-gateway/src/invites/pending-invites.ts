import { InviteExpired } from '@convene/contracts/events/invites-expired';
import type { Append } from '@convene/messaging/outbox/append';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';

/** The open invites of a company, and of an address there. The caller holds the company's lock: the numbers stay. */
export async function countPending(
  tx: Queryable,
  companyId: string,
  email: string,
  now: Date,
): Promise<{ ofCompany: number; ofAddress: number }> {
  const [pending] = await tx.query<{ ofCompany: number; ofAddress: number }>(sql`
    SELECT count(*) FILTER (WHERE expires_at > ${now}::timestamptz)::int AS "ofCompany",
      count(*) FILTER (WHERE email = ${email})::int AS "ofAddress"
    FROM invites WHERE company_id = ${companyId}::uuid AND status = 'PENDING'`);
  return pending ?? { ofCompany: 0, ofAddress: 0 };
}

/**
 * Writes the expiry of these addresses' invites down, with its event, where the job has not come to it yet: what expired
 * unanswered must not stand in the way of the next. The caller holds the company's lock.
 */
export async function expireOverdueInvites(
  tx: Queryable,
  append: Append,
  company: { readonly id: string; readonly name: string },
  emails: readonly string[],
  now: Date,
): Promise<void> {
  const expired = await tx.query<{ id: string; inviterId: string }>(sql`
    UPDATE invites SET status = 'EXPIRED', decided_at = ${now}::timestamptz
    WHERE company_id = ${company.id}::uuid AND email = ANY(${emails}::text[]) AND status = 'PENDING'
      AND expires_at <= ${now}::timestamptz
    RETURNING id, inviter_id AS "inviterId"`);
  for (const { id, inviterId } of expired) {
    await append(
      InviteExpired,
      { inviteId: id, companyId: company.id, companyName: company.name, inviterId },
      { actorId: null, companyId: company.id },
    );
  }
}
