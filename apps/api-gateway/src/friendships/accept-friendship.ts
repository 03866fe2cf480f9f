import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { FriendshipAccepted } from '@convene/contracts/events/friendships-accepted';
import type { FriendshipView } from '@convene/contracts/http/friendships';
import { mayAnswer } from '@convene/domain/friendship';
import type { Append } from '@convene/messaging/outbox/append';
import type { Tx } from '@convene/prisma/transaction';
import { ModelOutbox } from '../models/model-outbox';
import { FRIENDSHIP_ROW, type FriendshipRow, toFriendshipView } from './friendship-view';
import { lockFriendship } from './lock-friendship';
import { forgetPauses } from './pause-requests';

@Injectable()
export class AcceptFriendship {
  constructor(private readonly outbox: ModelOutbox) {}

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
export async function makeFriends(tx: Tx, append: Append, request: FriendshipRow): Promise<FriendshipRow> {
  const { id, requesterId, addresseeId, addressee } = request;
  await forgetPauses(tx, request);
  const accepted = await tx.friendship.update({
    where: { id },
    data: { status: 'ACCEPTED', acceptedAt: new Date(), withheld: false },
    select: FRIENDSHIP_ROW,
  });
  const payload = { friendshipId: id, requesterId, addresseeId, addresseeName: addressee.displayName };
  await append(FriendshipAccepted, payload, { actorId: addresseeId });
  return accepted;
}
