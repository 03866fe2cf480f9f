import { ConveneError } from '@convene/contracts/errors';
import { maySee } from '@convene/domain/friendship';
import type { Tx } from '@convene/prisma/transaction';
import { FRIENDSHIP_ROW, type FriendshipRow } from './friendship-view';

/**
 * The row of a pair, which nobody changes until the commit: requests, answers, removals and blocks of two people come one
 * after the other. @throws ConveneError NOT_FOUND to whoever must not know of it
 */
export async function lockFriendship(tx: Tx, id: string, callerId: string): Promise<FriendshipRow> {
  await tx.$queryRaw`SELECT 1 AS locked FROM friendships WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.friendship.findUnique({ where: { id }, select: FRIENDSHIP_ROW });
  if (!row || !maySee(row, callerId)) throw new ConveneError('NOT_FOUND');
  return row;
}

/** The same, looked up by who they are. @returns undefined when there is none. */
export async function lockFriendshipOf(tx: Tx, one: string, other: string): Promise<FriendshipRow | undefined> {
  const [found] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM friendships
    WHERE least(requester_id, addressee_id) = least(${one}::uuid, ${other}::uuid)
      AND greatest(requester_id, addressee_id) = greatest(${one}::uuid, ${other}::uuid)
    FOR UPDATE`;
  if (!found) return undefined;
  return tx.friendship.findUniqueOrThrow({ where: { id: found.id }, select: FRIENDSHIP_ROW });
}
