import { z } from 'zod';
import { defineEvent } from '../event';

/** A member was removed. The removed hears of it, and owners and admins do. */
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
  },
);
