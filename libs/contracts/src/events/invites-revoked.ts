import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** An invite was withdrawn. The invitee is notified if they have an account. */
export const InviteRevoked = defineEvent(
  'invites.revoked',
  z.object({
    inviteId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    inviteeId: z.uuid().nullable(),
  }),
  {
    roomFrame: 'company',
    frame: ['inviteId', 'companyName'],
    audit: ['inviteId', 'companyName'],
    notifications: {
      INVITE_REVOKED: defineNotification(
        z.object({ inviteId: z.uuid(), companyName: z.string() }),
        ({ companyName }) => `Your invitation to ${companyName} was withdrawn.`,
      ),
    },
  },
);
