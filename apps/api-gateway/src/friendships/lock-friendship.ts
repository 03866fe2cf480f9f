import { ConveneError } from '@convene/contracts/errors';
import { maySee } from '@convene/domain/friendship';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql, type Template } from '@convene/prisma/database/sql';
import { FRIENDSHIP_COLUMNS, type FriendshipRow } from './friendship-view';

/**
 * Locks the row of a pair until the commit, so that requests, answers, removals and blocks of two users are serialised.
 * @throws ConveneError NOT_FOUND for a caller who must not know of it
 */
export async function lockFriendship(tx: Queryable, id: string, callerId: string): Promise<FriendshipRow> {
  const row = await lock(tx, sql`f.id = ${id}::uuid`);
  if (!row || !maySee(row, callerId)) throw new ConveneError('NOT_FOUND');
  return row;
}

/** Locks the row of two users. @returns undefined without a row. */
export function lockFriendshipOf(tx: Queryable, one: string, other: string): Promise<FriendshipRow | undefined> {
  return lock(
    tx,
    sql`least(f.requester_id, f.addressee_id) = least(${one}::uuid, ${other}::uuid)
      AND greatest(f.requester_id, f.addressee_id) = greatest(${one}::uuid, ${other}::uuid)`,
  );
}

async function lock(tx: Queryable, condition: Template): Promise<FriendshipRow | undefined> {
  const [found] = await tx.query<FriendshipRow>(sql`
    SELECT ${FRIENDSHIP_COLUMNS}
    FROM friendships f JOIN users r ON r.id = f.requester_id JOIN users a ON a.id = f.addressee_id
    WHERE ${condition}
    FOR UPDATE OF f`);
  return found;
}
