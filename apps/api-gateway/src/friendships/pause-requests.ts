import { type Refusals, requestPauseDays } from '@convene/domain/friendship';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import type { FriendshipRow } from './friendship-view';

/**
 * After a locked request is declined, the next of the same requester is withheld for a while. There is no notification: the
 * requester cannot distinguish a pause from a request without an answer.
 */
export async function pauseRequests(
  tx: Transaction,
  { requesterId, addresseeId }: FriendshipRow,
  reason: keyof Refusals,
): Promise<void> {
  const [declined, takenBack] = reason === 'declined' ? [1, 0] : [0, 1];
  const [refusals] = await tx.query<Refusals>(sql`
    INSERT INTO friendship_pauses AS p (requester_id, addressee_id, declined, taken_back, until)
    VALUES (${requesterId}::uuid, ${addresseeId}::uuid, ${declined}, ${takenBack}, now())
    ON CONFLICT (requester_id, addressee_id) DO UPDATE
      SET declined = p.declined + excluded.declined, taken_back = p.taken_back + excluded.taken_back
    RETURNING declined, taken_back AS "takenBack"`);
  const days = requestPauseDays(reason, refusals?.[reason] ?? 1);
  tx.write(sql`
    UPDATE friendship_pauses SET until = greatest(until, now() + make_interval(days => ${days}::int))
    WHERE requester_id = ${requesterId}::uuid AND addressee_id = ${addresseeId}::uuid`);
}

/** Friends begin anew. */
export function forgetPauses(tx: Transaction, { requesterId, addresseeId }: FriendshipRow): void {
  tx.write(sql`
    DELETE FROM friendship_pauses
    WHERE (requester_id = ${requesterId}::uuid AND addressee_id = ${addresseeId}::uuid)
      OR (requester_id = ${addresseeId}::uuid AND addressee_id = ${requesterId}::uuid)`);
}
