import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyAddresseeWhenFriendshipRequested {
  /** A request of a blocked user notifies no one. */
  @OnEvent(FriendshipRequested, 'notify-addressee-when-friendship-requested')
  notifyAddresseeWhenFriendshipRequested({ payload }: EventOf<typeof FriendshipRequested>) {
    const { friendshipId, requesterName, addresseeId, withheld } = payload;
    if (withheld) return [];
    return [notify({ users: [addresseeId] }, 'FRIEND_REQUESTED', { friendshipId, requesterName })];
  }
}
