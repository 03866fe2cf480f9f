import type { ErrorCode } from '@convene/contracts/error-codes';
import { ConveneError } from '@convene/contracts/errors';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import type { FriendshipRequested as Answer, RequestFriendshipBody } from '@convene/contracts/http/friendships';
import { type Blocks, decideRequest } from '@convene/domain/friendship';
import { type Append, Outbox } from '@convene/messaging/outbox/outbox';
import { newId } from '@convene/prisma/ids';
import type { Tx } from '@convene/prisma/transaction';
import { Injectable } from '@nestjs/common';
import { makeFriends } from './accept-friendship';
import { FRIENDSHIP_ROW, type FriendshipRow, toFriendshipView } from './friendship-view';
import { lockFriendshipOf } from './lock-friendship';

@Injectable()
export class RequestFriendship {
  constructor(private readonly outbox: Outbox) {}

  /**
   * @throws ConveneError EMAIL_NOT_VERIFIED, NOT_YOURSELF; by id also NOT_FOUND, BLOCKED_BY_YOU and FRIENDSHIP_EXISTS,
   *   which by address would tell whose it is
   */
  async execute(callerId: string, body: RequestFriendshipBody): Promise<Answer> {
    return this.outbox.transaction(async (tx, append) => {
      const caller = await requireVerified(tx, callerId);
      if ('email' in body) {
        if (body.email === caller.email) throw new ConveneError('NOT_YOURSELF');
        const owner = await tx.user.findFirst({
          where: { email: body.email, deletedAt: null, emailVerifiedAt: { not: null } },
          select: { id: true },
        });
        if (owner) await ask(tx, append, { callerId, otherId: owner.id, byAddress: true });
        return { friendship: null };
      }
      if (body.userId === callerId) throw new ConveneError('NOT_YOURSELF');
      const asked = await ask(tx, append, { callerId, otherId: body.userId, byAddress: false });
      if (typeof asked === 'string') throw new ConveneError(asked);
      return { friendship: toFriendshipView(asked, callerId) };
    });
  }
}

interface Wish {
  readonly callerId: string;
  readonly otherId: string;
  /** Then the caller learns nothing of what becomes of it, until it is accepted. */
  readonly byAddress: boolean;
}

/** @returns what there is of the two now, or why the request was refused. */
async function ask(tx: Tx, append: Append, wish: Wish): Promise<FriendshipRow | ErrorCode> {
  const { callerId, otherId, byAddress } = wish;
  if (!(await lockLiving(tx, otherId))) return 'NOT_FOUND';
  const [created] = await tx.friendship.createManyAndReturn({
    data: [{ id: newId(), requesterId: callerId, addresseeId: otherId, byAddress }],
    skipDuplicates: true,
    select: FRIENDSHIP_ROW,
  });
  const there = created ? undefined : await lockFriendshipOf(tx, callerId, otherId);
  const row = created ?? there;
  // It was there a moment ago and has ended since.
  if (!row) return ask(tx, append, wish);
  // The index on the pair has decided who is first. Only now: a block ends the row of its pair, so that one which is not
  // seen here was made after this row was.
  const decision = decideRequest(there, callerId, await blocksBetween(tx, callerId, otherId));
  switch (decision.outcome) {
    case 'accept':
      return makeFriends(tx, append, row);
    case 'show':
      if (byAddress) return row;
      return tx.friendship.update({ where: { id: row.id }, data: { byAddress }, select: FRIENDSHIP_ROW });
    case 'request':
      return announce(tx, append, row, decision.withheld);
    case 'refused':
      if (created) await tx.friendship.delete({ where: { id: created.id } });
      return decision.code;
  }
}

async function announce(tx: Tx, append: Append, row: FriendshipRow, withheld: boolean): Promise<FriendshipRow> {
  if (withheld) await tx.friendship.update({ where: { id: row.id }, data: { withheld } });
  const { id: friendshipId, requesterId, addresseeId, requester, byAddress } = row;
  const payload = { friendshipId, requesterId, requesterName: requester.displayName, addresseeId };
  const unseen = { ...(withheld && { withheld }), ...(byAddress && { byAddress }) };
  await append(FriendshipRequested, { ...payload, ...unseen }, { actorId: requesterId });
  return row;
}

async function requireVerified(tx: Tx, id: string): Promise<{ email: string }> {
  const user = await tx.user.findFirst({
    where: { id, deletedAt: null },
    select: { email: true, emailVerifiedAt: true },
  });
  if (!user) throw new ConveneError('UNAUTHENTICATED');
  if (!user.emailVerifiedAt) throw new ConveneError('EMAIL_NOT_VERIFIED');
  return user;
}

/** An account that is there now is there at the commit. */
async function lockLiving(tx: Tx, id: string): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS locked FROM users WHERE id = ${id}::uuid AND deleted_at IS NULL FOR SHARE`;
  return found.length > 0;
}

async function blocksBetween(tx: Tx, callerId: string, otherId: string): Promise<Blocks> {
  const blocks = await tx.block.findMany({
    where: {
      OR: [
        { blockerId: callerId, blockedId: otherId },
        { blockerId: otherId, blockedId: callerId },
      ],
    },
    select: { blockerId: true },
  });
  const by = (id: string) => blocks.some(({ blockerId }) => blockerId === id);
  return { byCaller: by(callerId), ofCaller: by(otherId) };
}
