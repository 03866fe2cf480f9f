import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviteeWhenInvited {
  /** An address without an account that has verified it gets the mail only. */
  @OnEvent(InviteCreated, 'notify-invitee-when-invited')
  notifyInviteeWhenInvited({ payload }: EventOf<typeof InviteCreated>) {
    const { inviteId, companyName, inviterName, inviteeId } = payload;
    return [notify({ users: [inviteeId] }, 'INVITE_RECEIVED', { inviteId, companyName, inviterName })];
  }
}
