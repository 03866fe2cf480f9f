import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A member left the company. Owners and admins are notified. */
export const MembershipLeft = defineEvent(
  'memberships.left',
  z.object({
    companyId: z.uuid(),
    companyName: z.string(),
    userId: z.uuid(),
    userName: z.string(),
  }),
  {
    roomFrame: 'company',
    subject: 'userId',
    names: { userName: 'userId' },
    frame: ['companyName', 'userId', 'userName'],
    audit: ['companyName', 'userId', 'userName'],
    notifications: {
      MEMBER_LEFT: defineNotification(
        z.object({ companyName: z.string(), userId: z.uuid(), userName: z.string() }),
        ({ userName, companyName }) => `${userName} left ${companyName}.`,
      ),
    },
  },
);
