import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { FriendshipRejected } from '@convene/contracts/events/friendships-rejected';
import { mayAnswer } from '@convene/domain/friendship';
import type { Append } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { deleteFriendship } from './delete-friendship';
import type { FriendshipRow } from './friendship-view';
import { lockFriendship } from './lock-friendship';
import { pauseRequests } from './pause-requests';

@Injectable()
export class RejectFriendship {
  constructor(private readonly outbox: Outbox) {}

  /** Deletes the request; another one within the pause is withheld. @throws ConveneError NOT_FOUND */
  async execute(id: string, callerId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const friendship = await lockFriendship(tx, id, callerId);
      if (!mayAnswer(friendship, callerId)) throw new ConveneError('NOT_FOUND');
      deleteFriendship(tx, id);
      await pauseRequests(tx, friendship, 'declined');
      await tellRejected(append, friendship, callerId);
    });
  }
}

/** A requester by address gets no notification: it would reveal the owner of the address. */
export async function tellRejected(append: Append, friendship: FriendshipRow, callerId: string): Promise<void> {
  const { id: friendshipId, requesterId, addresseeId, byAddress } = friendship;
  const payload = { friendshipId, requesterId, addresseeId, ...(byAddress && { withheld: true }) };
  await append(FriendshipRejected, payload, { actorId: callerId });
}
