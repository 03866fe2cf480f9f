import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';
import { Role } from '../role';

/** A member's role changed. The member is notified. */
export const MembershipRoleUpdated = defineEvent(
  'memberships.role_updated',
  z.object({
    companyId: z.uuid(),
    companyName: z.string(),
    userId: z.uuid(),
    from: Role,
    to: Role,
  }),
  {
    roomFrame: 'company',
    subject: 'userId',
    frame: ['companyName', 'userId', 'from', 'to'],
    audit: ['companyName', 'userId', 'from', 'to'],
    notifications: {
      ROLE_CHANGED: defineNotification(
        z.object({ companyName: z.string(), from: Role, to: Role }),
        ({ companyName, to }) => `Your role in ${companyName} is now ${to.toLowerCase()}.`,
        { alwaysOn: true },
      ),
    },
  },
);
