import { z } from 'zod';
import { defineEvent } from '../event';

/** An owner handed a company over and became an admin. The new owner hears of it, and owners and admins do. */
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
  },
);
