import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyManagersWhenMemberLeft {
  @OnEvent(MembershipLeft, 'notify-managers-when-member-left')
  notifyManagersWhenMemberLeft({ payload }: EventOf<typeof MembershipLeft>) {
    const { companyName, userId, userName } = payload;
    return [notify({ roles: ['OWNER', 'ADMIN'] }, 'MEMBER_LEFT', { companyName, userId, userName })];
  }
}
