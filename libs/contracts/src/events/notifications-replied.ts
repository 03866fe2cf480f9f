import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A user replied to a message. Its sender is notified. */
export const MessageReplied = defineEvent(
  'notifications.replied',
  z.object({
    /** The message that is answered: the id of its event and of its notifications. */
    messageId: z.uuid(),
    recipientId: z.uuid(),
    companyName: z.string().nullable(),
    senderId: z.uuid(),
    senderName: z.string(),
    text: z.string(),
  }),
  {
    names: { senderName: 'senderId', text: 'senderId' },
    notifications: {
      REPLY: defineNotification(
        z.object({
          senderName: z.string(),
          text: z.string(),
          companyName: z.string().nullable(),
          /** The message that was answered. */
          messageId: z.uuid(),
        }),
        ({ senderName, text }) => `${senderName} replied: ${text}`,
        { personal: true },
      ),
    },
  },
);
