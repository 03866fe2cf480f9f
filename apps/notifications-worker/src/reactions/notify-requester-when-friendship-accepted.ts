import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { FriendshipAccepted } from '@convene/contracts/events/friendships-accepted';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyRequesterWhenFriendshipAccepted {
  @OnEvent(FriendshipAccepted, 'notify-requester-when-friendship-accepted')
  notifyRequesterWhenFriendshipAccepted({ payload }: EventOf<typeof FriendshipAccepted>) {
    const { friendshipId, requesterId, addresseeName } = payload;
    return [notify({ users: [requesterId] }, 'FRIEND_ACCEPTED', { friendshipId, addresseeName })];
  }
}
