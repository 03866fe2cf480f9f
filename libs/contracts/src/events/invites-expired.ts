import { z } from 'zod';
import { defineEvent } from '../event';

/** Nobody answered an invitation in time. The inviter hears of it. */
export const InviteExpired = defineEvent(
  'invites.expired',
  z.object({
    inviteId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    inviterId: z.uuid(),
  }),
  {
    roomFrame: 'company',
    frame: ['inviteId', 'companyName', 'inviterId'],
    audit: ['inviteId', 'companyName', 'inviterId'],
  },
);
