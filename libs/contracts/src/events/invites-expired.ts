import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** An invite was not answered in time. The inviter is notified. */
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
    notifications: {
      INVITE_EXPIRED: defineNotification(
        z.object({ inviteId: z.uuid(), companyName: z.string() }),
        ({ companyName }) => `An invitation of yours to ${companyName} has expired.`,
      ),
    },
  },
);
