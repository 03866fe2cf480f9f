import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import { notify, OnEvent } from '@convene/messaging/reactions';
import { InviterInCompany } from './inviter-in-company';

@Controller()
export class NotifyInviterWhenRejected {
  constructor(private readonly inviter: InviterInCompany) {}

  @OnEvent(InviteRejected, 'notify-inviter-when-rejected')
  async notifyInviterWhenRejected(event: EventOf<typeof InviteRejected>) {
    const { inviteId, companyName, inviterId, inviteeName } = event.payload;
    const users = [await this.inviter.find(event, inviterId)];
    return [notify({ users }, 'INVITE_REJECTED', { inviteId, companyName, inviteeName })];
  }
}
