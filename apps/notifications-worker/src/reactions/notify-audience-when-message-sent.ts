import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MessageSent } from '@convene/contracts/events/notifications-sent';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyAudienceWhenMessageSent {
  /** A whole company is who were its members when it was sent. */
  @OnEvent(MessageSent, 'notify-audience-when-message-sent')
  notifyAudienceWhenMessageSent({ payload }: EventOf<typeof MessageSent>) {
    const { audience, recipientIds, senderName, text, companyName } = payload;
    const to = audience === 'company' ? { roles: ['OWNER', 'ADMIN', 'MEMBER'] as const } : { users: recipientIds };
    return [notify(to, 'MESSAGE', { senderName, text, companyName })];
  }
}
