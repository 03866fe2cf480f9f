import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** The invitee joined. The inviter is notified. */
export const InviteAccepted = defineEvent(
  'invites.accepted',
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
    frame: ['inviteId', 'companyName', 'inviterId', 'inviteeId', 'inviteeName'],
    audit: ['inviteId', 'companyName', 'inviterId', 'inviteeId', 'inviteeName'],
    notifications: {
      INVITE_ACCEPTED: defineNotification(
        z.object({ inviteId: z.uuid(), companyName: z.string(), inviteeName: z.string() }),
        ({ inviteeName, companyName }) => `${inviteeName} accepted your invitation to ${companyName}.`,
      ),
    },
  },
);
