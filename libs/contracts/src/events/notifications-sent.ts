import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A user sent a message to a company, to some of its members, or to friends. The audience is notified. */
export const MessageSent = defineEvent(
  'notifications.sent',
  z.object({
    audience: z.enum(['company', 'users']),
    /** Empty for a whole company. */
    recipientIds: z.array(z.uuid()),
    companyName: z.string().nullable(),
    senderId: z.uuid(),
    senderName: z.string(),
    text: z.string(),
  }),
  {
    names: { senderName: 'senderId', text: 'senderId' },
    audit: ['audience', 'companyName'],
    notifications: {
      MESSAGE: defineNotification(
        z.object({ senderName: z.string(), text: z.string(), companyName: z.string().nullable() }),
        ({ senderName, companyName, text }) =>
          `${senderName}${companyName === null ? '' : ` (${companyName})`}: ${text}`,
        { personal: true },
      ),
    },
  },
);
