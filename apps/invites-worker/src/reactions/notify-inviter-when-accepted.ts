import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { notify, OnEvent } from '@convene/messaging/reactions';
import { InviterInCompany } from './inviter-in-company';

@Controller()
export class NotifyInviterWhenAccepted {
  constructor(private readonly inviter: InviterInCompany) {}

  @OnEvent(InviteAccepted, 'notify-inviter-when-accepted')
  async notifyInviterWhenAccepted(event: EventOf<typeof InviteAccepted>) {
    const { inviteId, companyName, inviterId, inviteeName } = event.payload;
    const users = [await this.inviter.find(event, inviterId)];
    return [notify({ users }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}
