import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MembershipRoleUpdated } from '@convene/contracts/events/memberships-role-updated';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyMemberWhenRoleUpdated {
  @OnEvent(MembershipRoleUpdated, 'notify-member-when-role-updated')
  notifyMemberWhenRoleUpdated({ payload }: EventOf<typeof MembershipRoleUpdated>) {
    const { companyName, userId, from, to } = payload;
    return [notify({ users: [userId] }, 'ROLE_CHANGED', { companyName, from, to })];
  }
}
