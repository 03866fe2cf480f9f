import { Injectable } from '@nestjs/common';
import type { FriendshipsQuery, FriendshipView } from '@convene/contracts/http/friendships';
import type { Page } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { joinSql, rawSql, sql, type Template } from '@convene/prisma/database/sql';
import { type BlockRow, type FriendshipRow, toBlockView, toFriendshipView } from './friendship-view';

const cursors = new Cursor('friendships', UUID_CURSOR);
/** Above every UUIDv7. */
const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface Window {
  readonly userId: string;
  readonly before: string;
  readonly take: number;
}

@Injectable()
export class ListFriendships {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async execute(userId: string, { state, limit, cursor }: FriendshipsQuery): Promise<Page<FriendshipView>> {
    const before = cursor === undefined ? NEWEST : cursors.decode(cursor);
    const window = { userId, before, take: limit + 1 };
    if (state === 'blocked') {
      const rows = await this.blocks(window);
      return cursors.page(rows, limit, ({ id }) => id, toBlockView);
    }
    const rows = await this.friendships(state, window);
    return cursors.page(
      rows,
      limit,
      ({ id }) => id,
      (row) => toFriendshipView(row, userId),
    );
  }

  /** Each side has an index in the order of the list: no more is read of it than a page. */
  private friendships(
    state: 'accepted' | 'incoming' | 'outgoing',
    { before, take, userId }: Window,
  ): Promise<FriendshipRow[]> {
    const side = (column: 'requester_id' | 'addressee_id', is: Template) => sql`
      (SELECT * FROM friendships WHERE ${rawSql(column)} = ${userId}::uuid AND ${is} AND id < ${before}::uuid
       ORDER BY id DESC LIMIT ${take})`;
    const sides = {
      accepted: [side('requester_id', sql`status = 'ACCEPTED'`), side('addressee_id', sql`status = 'ACCEPTED'`)],
      incoming: [side('addressee_id', sql`status = 'PENDING' AND NOT withheld`)],
      outgoing: [side('requester_id', sql`status = 'PENDING' AND NOT by_address`)],
    }[state];
    return this.database.query<FriendshipRow>(sql`
      SELECT f.id, f.requester_id AS "requesterId", f.addressee_id AS "addresseeId", f.status::text, f.withheld,
        f.by_address AS "byAddress", f.created_at AS "createdAt", f.accepted_at AS "acceptedAt",
        ${person('requester')}, ${person('addressee')}
      FROM (SELECT * FROM (${joinSql(sides, ' UNION ALL ')}) AS both_sides ORDER BY id DESC LIMIT ${take}) f
      JOIN users requester ON requester.id = f.requester_id JOIN users addressee ON addressee.id = f.addressee_id
      ORDER BY f.id DESC`);
  }

  private blocks({ userId, before, take }: Window): Promise<BlockRow[]> {
    return this.database.query<BlockRow>(sql`
      SELECT b.id, b.created_at AS "createdAt", ${person('blocked')}
      FROM (SELECT * FROM blocks WHERE blocker_id = ${userId}::uuid AND id < ${before}::uuid
            ORDER BY id DESC LIMIT ${take}) b
      JOIN users blocked ON blocked.id = b.blocked_id
      ORDER BY b.id DESC`);
  }
}

/** A row of users, under the name of its alias. */
const person = (alias: string) =>
  rawSql(`jsonb_build_object('id', ${alias}.id, 'displayName', ${alias}.display_name) AS ${alias}`);
