import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** An owner or admin decided a join request. The requester is notified. */
export const CompanyJoinDecided = defineEvent(
  'companies.join_decided',
  z.object({
    requestId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    userId: z.uuid(),
    accepted: z.boolean(),
  }),
  {
    audit: ['requestId', 'companyName', 'userId', 'accepted'],
    notifications: {
      JOIN_ACCEPTED: defineNotification(
        z.object({ requestId: z.uuid(), companyName: z.string() }),
        ({ companyName }) => `You are now a member of ${companyName}.`,
      ),
      JOIN_DECLINED: defineNotification(
        z.object({ requestId: z.uuid(), companyName: z.string() }),
        ({ companyName }) => `Your request to join ${companyName} was declined.`,
      ),
    },
  },
);
