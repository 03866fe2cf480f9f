import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MembershipRemoved } from '@convene/contracts/events/memberships-removed';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyAllConcernedWhenMemberRemoved {
  /** The removed member has no role at this version, and is addressed by user id with a code of its own. */
  @OnEvent(MembershipRemoved, 'notify-all-concerned-when-member-removed')
  notifyAllConcernedWhenMemberRemoved({ payload }: EventOf<typeof MembershipRemoved>) {
    const { companyName, userId, userName } = payload;
    return [
      notify({ users: [userId] }, 'MEMBERSHIP_REMOVED', { companyName }),
      notify({ roles: ['OWNER', 'ADMIN'], except: [userId] }, 'MEMBER_REMOVED', { companyName, userId, userName }),
    ];
  }
}
