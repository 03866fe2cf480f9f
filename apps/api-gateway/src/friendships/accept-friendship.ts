import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { FriendshipAccepted } from '@convene/contracts/events/friendships-accepted';
import type { FriendshipView } from '@convene/contracts/http/friendships';
import { mayAnswer } from '@convene/domain/friendship';
import type { Append } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { type FriendshipRow, toFriendshipView } from './friendship-view';
import { lockFriendship } from './lock-friendship';
import { forgetPauses } from './pause-requests';

@Injectable()
export class AcceptFriendship {
  constructor(private readonly outbox: Outbox) {}

  /** A repeat by the same user returns the same answer and sends no notification. @throws ConveneError NOT_FOUND */
  async execute(id: string, callerId: string): Promise<FriendshipView> {
    return this.outbox.transaction(async (tx, append) => {
      const friendship = await lockFriendship(tx, id, callerId);
      const repeated = friendship.status === 'ACCEPTED' && friendship.addresseeId === callerId;
      if (repeated) return toFriendshipView(friendship, callerId);
      if (!mayAnswer(friendship, callerId)) throw new ConveneError('NOT_FOUND');
      return toFriendshipView(await makeFriends(tx, append, friendship), callerId);
    });
  }
}

/** Accepts a locked request for its addressee. */
export async function makeFriends(tx: Transaction, append: Append, request: FriendshipRow): Promise<FriendshipRow> {
  const { id, requesterId, addresseeId, addressee } = request;
  const accepted = { ...request, status: 'ACCEPTED' as const, acceptedAt: new Date(), withheld: false };
  forgetPauses(tx, request);
  tx.write(sql`
    UPDATE friendships SET status = 'ACCEPTED', accepted_at = ${accepted.acceptedAt}::timestamptz, withheld = false
    WHERE id = ${id}::uuid`);
  const payload = { friendshipId: id, requesterId, addresseeId, addresseeName: addressee.displayName };
  await append(FriendshipAccepted, payload, { actorId: addresseeId });
  return accepted;
}
