import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { type Append, newEvent } from '@convene/messaging/outbox/append';
import type { Tx } from '@convene/prisma/transaction';

/**
 * Withdraws the pending invites of a user who may no longer invite. The caller holds the
 * company's lock, as an answer to an invite does: of the two the first wins.
 */
export async function revokeInvitesOf(
  tx: Tx,
  append: Append,
  company: { readonly id: string; readonly name: string },
  inviterId: string,
  actorId: string,
): Promise<void> {
  const { id: companyId, name: companyName } = company;
  // What has expired by now is left to be written down as expired.
  const revoked = await tx.$queryRaw<{ inviteId: string; inviteeId: string | null }[]>`
    UPDATE invites i SET status = 'REVOKED', decided_at = clock_timestamp()
    WHERE company_id = ${companyId}::uuid AND inviter_id = ${inviterId}::uuid AND status = 'PENDING'
      AND expires_at > clock_timestamp()
    RETURNING id AS "inviteId", (
      SELECT u.id FROM users u WHERE u.email = i.email AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL
    ) AS "inviteeId"`;
  const facts = { actorId, companyId };
  await append.all(
    revoked.map(({ inviteId, inviteeId }) =>
      newEvent(InviteRevoked, { inviteId, companyId, companyName, inviteeId }, facts),
    ),
  );
}
