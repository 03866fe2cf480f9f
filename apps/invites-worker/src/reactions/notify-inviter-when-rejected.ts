import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviterWhenRejected {
  /** Who invites may be gone from the company when the answer comes: then it is no news for them any more. */
  @OnEvent(InviteRejected, 'notify-inviter-when-rejected')
  notifyInviterWhenRejected({ payload }: EventOf<typeof InviteRejected>) {
    const { inviteId, companyName, inviterId, inviteeName } = payload;
    return [
      notify({ users: [inviterId], onlyMembers: true }, 'INVITE_REJECTED', { inviteId, companyName, inviteeName }),
    ];
  }
}
