import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** An owner transferred the ownership and became an admin. The new owner, the other owners and the admins are notified. */
export const OwnershipTransferred = defineEvent(
  'memberships.ownership_transferred',
  z.object({
    companyId: z.uuid(),
    companyName: z.string(),
    fromUserId: z.uuid(),
    fromName: z.string(),
    toUserId: z.uuid(),
    toName: z.string(),
  }),
  {
    roomFrame: 'company',
    names: { fromName: 'fromUserId', toName: 'toUserId' },
    frame: ['companyName', 'fromUserId', 'fromName', 'toUserId', 'toName'],
    audit: ['companyName', 'fromUserId', 'fromName', 'toUserId', 'toName'],
    notifications: {
      OWNERSHIP_RECEIVED: defineNotification(
        z.object({ companyName: z.string(), fromName: z.string() }),
        ({ fromName, companyName }) => `${fromName} made you the owner of ${companyName}.`,
        { alwaysOn: true },
      ),
      OWNERSHIP_TRANSFERRED: defineNotification(
        z.object({ companyName: z.string(), fromName: z.string(), toName: z.string() }),
        ({ fromName, toName, companyName }) => `${fromName} handed ${companyName} over to ${toName}.`,
      ),
    },
  },
);
