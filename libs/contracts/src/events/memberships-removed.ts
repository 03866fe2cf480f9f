import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A member was removed. The former member, the owners and the admins are notified. */
export const MembershipRemoved = defineEvent(
  'memberships.removed',
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
      MEMBER_REMOVED: defineNotification(
        z.object({ companyName: z.string(), userId: z.uuid(), userName: z.string() }),
        ({ userName, companyName }) => `${userName} was removed from ${companyName}.`,
      ),
      MEMBERSHIP_REMOVED: defineNotification(
        z.object({ companyName: z.string() }),
        ({ companyName }) => `You were removed from ${companyName}.`,
        { alwaysOn: true },
      ),
    },
  },
);
