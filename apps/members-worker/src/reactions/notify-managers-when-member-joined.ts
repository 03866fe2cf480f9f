import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyManagersWhenMemberJoined {
  @OnEvent(MembershipJoined, 'notify-managers-when-member-joined')
  notifyManagersWhenMemberJoined({ payload }: EventOf<typeof MembershipJoined>) {
    const { companyName, userId, userName, inviterId } = payload;
    return [
      notify({ roles: ['OWNER', 'ADMIN'], except: [userId, inviterId] }, 'MEMBER_JOINED', {
        companyName,
        userId,
        userName,
      }),
    ];
  }
}
