import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@convene/contracts/error-codes';
import { ConveneError } from '@convene/contracts/errors';
import { FriendshipRequestSettled } from '@convene/contracts/events/friendship-requests-settled';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import type { FriendshipRequested as Answer, RequestFriendshipBody } from '@convene/contracts/http/friendships';
import { type Barriers, decideRequest } from '@convene/domain/friendship';
import type { Append } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { newId } from '@convene/prisma/ids';
import { readAccount, requireVerified } from '../accounts/read-account';
import { makeFriends } from './accept-friendship';
import { deleteFriendship } from './delete-friendship';
import { type FriendshipRow, toFriendshipView } from './friendship-view';
import { lockFriendshipOf } from './lock-friendship';

@Injectable()
export class RequestFriendship {
  constructor(private readonly outbox: Outbox) {}

  /**
   * By address it runs the same statements and writes one event in every case: for an address without an account they find
   * and change no row. @throws ConveneError EMAIL_NOT_VERIFIED, NOT_YOURSELF; by id also NOT_FOUND,
   *   BLOCKED_BY_YOU and FRIENDSHIP_EXISTS, which by address would reveal its owner
   */
  async execute(callerId: string, body: RequestFriendshipBody): Promise<Answer> {
    return this.outbox.transaction(async (tx, append) => {
      const [account, otherId] = await Promise.all([
        readAccount(tx, callerId),
        'email' in body ? lockOwner(tx, body.email) : lockLiving(tx, body.userId),
      ]);
      const caller = requireVerified(account);
      if ('email' in body) {
        if (body.email === caller.email) throw new ConveneError('NOT_YOURSELF');
        await ask(tx, append, { callerId, otherId, byAddress: true });
        return { friendship: null };
      }
      if (body.userId === callerId) throw new ConveneError('NOT_YOURSELF');
      if (otherId === undefined) throw new ConveneError('NOT_FOUND');
      const asked = await ask(tx, append, { callerId, otherId, byAddress: false });
      if (typeof asked === 'string') throw new ConveneError(asked);
      return { friendship: toFriendshipView(asked, callerId) };
    });
  }
}

interface Wish {
  readonly callerId: string;
  /** Locked until the commit; undefined when no account has the address. */
  readonly otherId: string | undefined;
  /** Then the caller learns nothing of what becomes of it, until it is accepted. */
  readonly byAddress: boolean;
}

/** @returns what there is of the two now, or why the request was refused. */
async function ask(tx: Transaction, append: Append, wish: Wish): Promise<FriendshipRow | ErrorCode> {
  const { callerId, byAddress, otherId = newId() } = wish;
  const id = newId();
  // In this order. The barriers come last: a block or a refusal ends the row of its pair, so that one which is not seen by
  // then was made after it.
  const [created, row, barriers] = await Promise.all([
    insertRequest(tx, { id, callerId, otherId, byAddress }),
    lockFriendshipOf(tx, callerId, otherId),
    readBarriers(tx, callerId, otherId),
  ]);
  // It was there a moment ago and has ended since.
  if (!row && wish.otherId !== undefined) return ask(tx, append, wish);
  // The index on the pair has decided who is first.
  if (!row) return settle(tx, append, callerId, { id, withheld: false, byAddress });
  const decision = decideRequest(created ? undefined : row, callerId, barriers);
  switch (decision.outcome) {
    case 'accept':
      return makeFriends(tx, append, row);
    case 'show': {
      const shown = { ...row, withheld: row.withheld && !decision.announce, byAddress };
      await (decision.announce ? announce(tx, append, shown) : settle(tx, append, callerId, shown));
      return shown;
    }
    case 'request': {
      const requested = { ...row, withheld: decision.withheld };
      await announce(tx, append, requested);
      return requested;
    }
    case 'refused':
      if (created) deleteFriendship(tx, id);
      else update(tx, row);
      if (byAddress) await append(FriendshipRequestSettled, {}, { actorId: callerId });
      return decision.code;
  }
}

type Request = Pick<FriendshipRow, 'id' | 'withheld' | 'byAddress'>;

/** Without effect, no user is notified. A request by address writes an event in this case too, so that it costs the same. */
async function settle(tx: Transaction, append: Append, callerId: string, request: Request): Promise<'NOT_FOUND'> {
  update(tx, request);
  if (request.byAddress) await append(FriendshipRequestSettled, {}, { actorId: callerId });
  return 'NOT_FOUND';
}

async function announce(tx: Transaction, append: Append, row: FriendshipRow): Promise<void> {
  update(tx, row);
  const { id: friendshipId, requesterId, addresseeId, requester, withheld, byAddress } = row;
  const payload = { friendshipId, requesterId, requesterName: requester.displayName, addresseeId };
  const unseen = { ...(withheld && { withheld }), ...(byAddress && { byAddress }) };
  await append(FriendshipRequested, { ...payload, ...unseen }, { actorId: requesterId });
}

function update(tx: Transaction, { id, withheld, byAddress }: Request): void {
  tx.write(sql`UPDATE friendships SET withheld = ${withheld}, by_address = ${byAddress} WHERE id = ${id}::uuid`);
}

/** @returns whether it is new: a pair has one row. */
async function insertRequest(
  tx: Queryable,
  { id, callerId, otherId, byAddress }: { id: string; callerId: string; otherId: string; byAddress: boolean },
): Promise<boolean> {
  const inserted = await tx.execute(sql`
    INSERT INTO friendships (id, requester_id, addressee_id, by_address)
    SELECT ${id}::uuid, ${callerId}::uuid, u.id, ${byAddress} FROM users u WHERE u.id = ${otherId}::uuid
    ON CONFLICT DO NOTHING`);
  return inserted > 0;
}

/** An account that is there now is there at the commit. */
async function lockLiving(tx: Queryable, id: string): Promise<string | undefined> {
  const [user] = await tx.query<{ id: string }>(sql`
    SELECT id FROM users WHERE id = ${id}::uuid AND deleted_at IS NULL FOR SHARE`);
  return user?.id;
}

/** The same for a user who has verified the address. */
async function lockOwner(tx: Queryable, email: string): Promise<string | undefined> {
  const [user] = await tx.query<{ id: string }>(sql`
    SELECT id FROM users WHERE email = ${email} AND deleted_at IS NULL AND email_verified_at IS NOT NULL FOR SHARE`);
  return user?.id;
}

async function readBarriers(tx: Queryable, callerId: string, otherId: string): Promise<Barriers> {
  const [barriers] = await tx.query<Barriers>(sql`
    SELECT
      EXISTS (SELECT FROM blocks WHERE blocker_id = ${callerId}::uuid AND blocked_id = ${otherId}::uuid)
        AS "blockedByCaller",
      EXISTS (SELECT FROM blocks WHERE blocker_id = ${otherId}::uuid AND blocked_id = ${callerId}::uuid)
        AS "blockedByOther",
      EXISTS (
        SELECT FROM friendship_pauses
        WHERE requester_id = ${callerId}::uuid AND addressee_id = ${otherId}::uuid AND until > clock_timestamp()
      ) AS paused`);
  if (!barriers) throw new Error('The database did not say what stands between two people');
  return barriers;
}
