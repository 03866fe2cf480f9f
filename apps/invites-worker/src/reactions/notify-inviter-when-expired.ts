import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteExpired } from '@convene/contracts/events/invites-expired';
import { notify, OnEvent } from '@convene/messaging/reactions';
import { InviterInCompany } from './inviter-in-company';

@Controller()
export class NotifyInviterWhenExpired {
  constructor(private readonly inviter: InviterInCompany) {}

  @OnEvent(InviteExpired, 'notify-inviter-when-expired')
  async notifyInviterWhenExpired(event: EventOf<typeof InviteExpired>) {
    const { inviteId, companyName, inviterId } = event.payload;
    const users = [await this.inviter.find(event, inviterId)];
    return [notify({ users }, 'INVITE_EXPIRED', { inviteId, companyName })];
  }
}
