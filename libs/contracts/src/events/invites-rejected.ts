import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** The invitee declined. The inviter is notified. */
export const InviteRejected = defineEvent(
  'invites.rejected',
  z.object({
    inviteId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    inviterId: z.uuid(),
    inviteeId: z.uuid(),
    inviteeName: z.string(),
  }),
  {
    roomFrame: 'company',
    names: { inviteeName: 'inviteeId' },
    frame: ['inviteId', 'companyName', 'inviterId'],
    audit: ['inviteId', 'companyName', 'inviterId'],
    notifications: {
      INVITE_REJECTED: defineNotification(
        z.object({ inviteId: z.uuid(), companyName: z.string(), inviteeName: z.string() }),
        ({ inviteeName, companyName }) => `${inviteeName} declined your invitation to ${companyName}.`,
      ),
    },
  },
);
