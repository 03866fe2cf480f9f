import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';
import { Role } from '../role';

/** A company invited an address. If it is a user's verified address, the user is notified. */
export const InviteCreated = defineEvent(
  'invites.created',
  z.object({
    inviteId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    inviterId: z.uuid(),
    inviterName: z.string(),
    role: Role,
    /** The user who owns the invited address, verified, when the invitation was made. */
    inviteeId: z.uuid().nullable(),
  }),
  {
    roomFrame: 'company',
    names: { inviterName: 'inviterId' },
    frame: ['inviteId', 'companyName', 'inviterId', 'inviterName', 'role'],
    audit: ['inviteId', 'companyName', 'inviterId', 'inviterName', 'role'],
    notifications: {
      INVITE_RECEIVED: defineNotification(
        z.object({ inviteId: z.uuid(), companyName: z.string(), inviterName: z.string() }),
        ({ inviterName, companyName }) => `${inviterName} invites you to join ${companyName}.`,
      ),
    },
  },
);
