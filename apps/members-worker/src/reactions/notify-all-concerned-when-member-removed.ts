import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MembershipRemoved } from '@convene/contracts/events/memberships-removed';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyAllConcernedWhenMemberRemoved {
  /** Whoever was removed holds no role any more: they are told by name, once, and that it was them. */
  @OnEvent(MembershipRemoved, 'notify-all-concerned-when-member-removed')
  notifyAllConcernedWhenMemberRemoved({ payload }: EventOf<typeof MembershipRemoved>) {
    const { companyName, userId, userName } = payload;
    return [
      notify({ users: [userId] }, 'MEMBERSHIP_REMOVED', { companyName }),
      notify({ roles: ['OWNER', 'ADMIN'], except: [userId] }, 'MEMBER_REMOVED', { companyName, userId, userName }),
    ];
  }
}
