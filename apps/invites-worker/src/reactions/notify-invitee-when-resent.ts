import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteResent } from '@convene/contracts/events/invites-resent';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviteeWhenResent {
  /** Once more: a notification that was overlooked, or is about a term that is over, does not help them. */
  @OnEvent(InviteResent, 'notify-invitee-when-resent')
  notifyInviteeWhenResent({ payload }: EventOf<typeof InviteResent>) {
    const { inviteId, companyName, inviterName, inviteeId } = payload;
    return [notify({ users: [inviteeId] }, 'INVITE_RECEIVED', { inviteId, companyName, inviterName })];
  }
}
