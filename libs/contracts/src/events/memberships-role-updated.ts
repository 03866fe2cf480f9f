import { z } from 'zod';
import { defineEvent } from '../event';
import { Role } from '../role';

/** A member's role changed. The member hears of it. */
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
  },
);
