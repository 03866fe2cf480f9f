import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteExpired } from '@convene/contracts/events/invites-expired';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviterWhenExpired {
  /** Who invites may be gone from the company when the answer comes: then it is no news for them any more. */
  @OnEvent(InviteExpired, 'notify-inviter-when-expired')
  notifyInviterWhenExpired({ payload }: EventOf<typeof InviteExpired>) {
    const { inviteId, companyName, inviterId } = payload;
    return [notify({ users: [inviterId], onlyMembers: true }, 'INVITE_EXPIRED', { inviteId, companyName })];
  }
}
