import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyInviteeWhenRevoked {
  @OnEvent(InviteRevoked, 'notify-invitee-when-revoked')
  notifyInviteeWhenRevoked({ payload }: EventOf<typeof InviteRevoked>) {
    const { inviteId, companyName, inviteeId } = payload;
    return [notify({ users: [inviteeId] }, 'INVITE_REVOKED', { inviteId, companyName })];
  }
}
