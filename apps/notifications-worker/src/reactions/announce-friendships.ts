import { Controller } from '@nestjs/common';
import { FriendshipBlocked } from '@convene/contracts/events/friendships-blocked';
import { FriendshipRejected } from '@convene/contracts/events/friendships-rejected';
import { FriendshipRemoved } from '@convene/contracts/events/friendships-removed';
import { OnEvent } from '@convene/messaging/reactions';

/** Ends of friendships notify nobody; devices hear of them by their room frames. */
@Controller()
export class AnnounceFriendships {
  @OnEvent(FriendshipRejected)
  announceFriendshipRejected() {
    return [];
  }

  @OnEvent(FriendshipRemoved)
  announceFriendshipRemoved() {
    return [];
  }

  @OnEvent(FriendshipBlocked)
  announceFriendshipBlocked() {
    return [];
  }
}
