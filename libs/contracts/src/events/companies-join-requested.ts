import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A user asked to join a public company. Owners and admins are notified. */
export const CompanyJoinRequested = defineEvent(
  'companies.join_requested',
  z.object({
    requestId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    userId: z.uuid(),
    userName: z.string(),
  }),
  {
    names: { userName: 'userId' },
    audit: ['requestId', 'companyName', 'userId', 'userName'],
    notifications: {
      JOIN_REQUESTED: defineNotification(
        z.object({ requestId: z.uuid(), companyName: z.string(), userId: z.uuid(), userName: z.string() }),
        ({ userName, companyName }) => `${userName} asks to join ${companyName}.`,
      ),
    },
  },
);
