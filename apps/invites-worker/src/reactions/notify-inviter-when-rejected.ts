import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviterWhenRejected {
  @OnEvent(InviteRejected)
  notifyInviterWhenRejected({ payload }: EventOf<typeof InviteRejected>) {
    const { inviteId, companyName, inviterId, inviteeName } = payload;
    return [notify({ users: [inviterId] }, 'INVITE_REJECTED', { inviteId, companyName, inviteeName })];
  }
}
