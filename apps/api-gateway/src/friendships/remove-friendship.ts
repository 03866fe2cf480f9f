import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { FriendshipRemoved } from '@convene/contracts/events/friendships-removed';
import { mayEndFriendship } from '@convene/domain/friendship';
import type { Append } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { deleteFriendship } from './delete-friendship';
import type { FriendshipRow } from './friendship-view';
import { lockFriendship } from './lock-friendship';
import { pauseRequests } from './pause-requests';

@Injectable()
export class RemoveFriendship {
  constructor(private readonly outbox: Outbox) {}

  /** @throws ConveneError NOT_FOUND, also for a request of the other side: that is declined, not removed */
  async execute(id: string, callerId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const friendship = await lockFriendship(tx, id, callerId);
      if (!mayEndFriendship(friendship, callerId)) throw new ConveneError('NOT_FOUND');
      deleteFriendship(tx, id);
      const wasSeen = friendship.status === 'PENDING' && !friendship.withheld;
      if (wasSeen) await pauseRequests(tx, friendship, 'takenBack');
      await tellRemoved(append, friendship, callerId);
    });
  }
}

export async function tellRemoved(append: Append, friendship: FriendshipRow, callerId: string): Promise<void> {
  const { id: friendshipId, requesterId, addresseeId, withheld } = friendship;
  const userId = requesterId === callerId ? addresseeId : requesterId;
  await append(FriendshipRemoved, { friendshipId, userId, ...(withheld && { withheld }) }, { actorId: callerId });
}
