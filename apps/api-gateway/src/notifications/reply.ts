import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { MessageReplied } from '@convene/contracts/events/notifications-replied';
import type { MessageAccepted } from '@convene/contracts/http/notifications';
import { isPersonal } from '@convene/contracts/notification-codes';
import { findNotification } from '@convene/inbox/read-notifications';
import { newEvent } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { readAccount } from '../accounts/read-account';

@Injectable()
export class Reply {
  constructor(private readonly outbox: Outbox) {}

  /**
   * Sends a reply to the sender of a message that the caller has received. It belongs to no company, even if the message does.
   * @throws ConveneError NOT_FOUND; REPLY_NOT_POSSIBLE for a notification that is no message, or whose sender's account is deleted
   */
  async execute(callerId: string, messageId: string, text: string): Promise<MessageAccepted> {
    return this.outbox.transaction(async (tx, append) => {
      const [message, sender] = await Promise.all([
        findNotification(tx, callerId, messageId),
        readAccount(tx, callerId),
      ]);
      if (!message) throw new ConveneError('NOT_FOUND');
      const recipientId = message.senderUserId;
      if (!isPersonal(message.code) || !recipientId) throw new ConveneError('REPLY_NOT_POSSIBLE');
      if (!(await readAccount(tx, recipientId))) throw new ConveneError('REPLY_NOT_POSSIBLE');
      if (!sender) throw new ConveneError('UNAUTHENTICATED');
      const { companyName = null } = message.params as { companyName?: string | null };
      const payload = { messageId, recipientId, companyName, senderId: callerId, senderName: sender.displayName, text };
      const [id = ''] = await append.now([newEvent(MessageReplied, payload, { actorId: callerId })]);
      return { id };
    });
  }
}
