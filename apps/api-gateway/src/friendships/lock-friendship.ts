import { ConveneError } from '@convene/contracts/errors';
import { maySee } from '@convene/domain/friendship';
import type { Tx } from '@convene/prisma/transaction';
import { FRIENDSHIP_ROW, type FriendshipRow } from './friendship-view';

/**
 * Locks the row of a pair until the commit, so that requests, answers, removals and blocks of two users are serialised.
 * @throws ConveneError NOT_FOUND for a caller who must not know of it
 */
export async function lockFriendship(tx: Tx, id: string, callerId: string): Promise<FriendshipRow> {
  await tx.$queryRaw`SELECT 1 AS locked FROM friendships WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.friendship.findUnique({ where: { id }, select: FRIENDSHIP_ROW });
  if (!row || !maySee(row, callerId)) throw new ConveneError('NOT_FOUND');
  return row;
}

/** Locks the row of two users in one statement. @returns undefined without a row. */
export async function lockFriendshipOf(tx: Tx, one: string, other: string): Promise<FriendshipRow | undefined> {
  const [found] = await tx.$queryRaw<FriendshipRow[]>`
    SELECT f.id, f.requester_id AS "requesterId", f.addressee_id AS "addresseeId", f.status::text, f.withheld,
      f.by_address AS "byAddress", f.created_at AS "createdAt", f.accepted_at AS "acceptedAt",
      jsonb_build_object('id', r.id, 'displayName', r.display_name) AS requester,
      jsonb_build_object('id', a.id, 'displayName', a.display_name) AS addressee
    FROM friendships f JOIN users r ON r.id = f.requester_id JOIN users a ON a.id = f.addressee_id
    WHERE least(f.requester_id, f.addressee_id) = least(${one}::uuid, ${other}::uuid)
      AND greatest(f.requester_id, f.addressee_id) = greatest(${one}::uuid, ${other}::uuid)
    FOR UPDATE OF f`;
  return found;
}
