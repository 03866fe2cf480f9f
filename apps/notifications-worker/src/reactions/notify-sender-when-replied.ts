import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { MessageReplied } from '@convene/contracts/events/notifications-replied';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifySenderWhenReplied {
  @OnEvent(MessageReplied, 'notify-sender-when-replied')
  notifySenderWhenReplied({ payload }: EventOf<typeof MessageReplied>) {
    const { messageId, recipientId, senderName, text, companyName } = payload;
    return [notify({ users: [recipientId] }, 'REPLY', { messageId, senderName, text, companyName })];
  }
}
