import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviteeWhenInvited {
  /** Without a user who owns the address, verified, there is nobody to notify: the mail is all they get. */
  @OnEvent(InviteCreated, 'notify-invitee-when-invited')
  notifyInviteeWhenInvited({ payload }: EventOf<typeof InviteCreated>) {
    const { inviteId, companyName, inviterName, inviteeId } = payload;
    return [notify({ users: [inviteeId] }, 'INVITE_RECEIVED', { inviteId, companyName, inviterName })];
  }
}
