import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviterWhenAccepted {
  @OnEvent(InviteAccepted)
  notifyInviterWhenAccepted({ payload }: EventOf<typeof InviteAccepted>) {
    const { inviteId, companyName, inviterId, inviteeName } = payload;
    return [notify({ users: [inviterId] }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}
