import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviterWhenAccepted {
  /** Who invites may be gone from the company when the answer comes: then it is no news for them any more. */
  @OnEvent(InviteAccepted, 'notify-inviter-when-accepted')
  notifyInviterWhenAccepted({ payload }: EventOf<typeof InviteAccepted>) {
    const { inviteId, companyName, inviterId, inviteeName } = payload;
    return [
      notify({ users: [inviterId], onlyMembers: true }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName }),
    ];
  }
}
