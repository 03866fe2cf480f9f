import { Injectable } from '@nestjs/common';
import type { FriendshipsQuery, FriendshipView } from '@convene/contracts/http/friendships';
import type { Page } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Prisma } from '@convene/prisma/generated/client';
import { PrismaService } from '@convene/prisma/prisma.service';
import { BLOCK_ROW, FRIENDSHIP_ROW, toBlockView, toFriendshipView } from './friendship-view';

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
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. */
  async execute(userId: string, { state, limit, cursor }: FriendshipsQuery): Promise<Page<FriendshipView>> {
    const before = cursor === undefined ? NEWEST : cursors.decode(cursor);
    const window = { userId, before, take: limit + 1 };
    if (state === 'blocked') {
      const rows = await this.blocks(window);
      return cursors.page(rows, limit, ({ id }) => id, toBlockView);
    }
    const rows = await this.prisma.friendship.findMany({
      where: { id: { in: await this.idsOf(state, window) } },
      select: FRIENDSHIP_ROW,
      orderBy: { id: 'desc' },
    });
    return cursors.page(
      rows,
      limit,
      ({ id }) => id,
      (row) => toFriendshipView(row, userId),
    );
  }

  /** Each side has an index in the order of the list: no more is read of it than a page. */
  private async idsOf(state: 'accepted' | 'incoming' | 'outgoing', window: Window): Promise<string[]> {
    const { before, take, userId } = window;
    const side = (column: 'requester_id' | 'addressee_id', is: Prisma.Sql) => Prisma.sql`
      (SELECT id FROM friendships WHERE ${Prisma.raw(column)} = ${userId}::uuid AND ${is} AND id < ${before}::uuid
       ORDER BY id DESC LIMIT ${take})`;
    const sides = {
      accepted: [
        side('requester_id', Prisma.sql`status = 'ACCEPTED'`),
        side('addressee_id', Prisma.sql`status = 'ACCEPTED'`),
      ],
      incoming: [side('addressee_id', Prisma.sql`status = 'PENDING' AND NOT withheld`)],
      outgoing: [side('requester_id', Prisma.sql`status = 'PENDING' AND NOT by_address`)],
    }[state];
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM (${Prisma.join(sides, ' UNION ALL ')}) AS both_sides ORDER BY id DESC LIMIT ${take}`;
    return rows.map(({ id }) => id);
  }

  private blocks({ userId, before, take }: Window) {
    return this.prisma.block.findMany({
      where: { blockerId: userId, id: { lt: before } },
      select: BLOCK_ROW,
      orderBy: { id: 'desc' },
      take,
    });
  }
}
