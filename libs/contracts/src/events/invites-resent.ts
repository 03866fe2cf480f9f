import { z } from 'zod';
import { defineEvent } from '../event';
import { Role } from '../role';
import { InviteCreated } from './invites-created';

/** An invite was sent again, with a new token and a new expiry. The invitee is notified if they have an account. */
export const InviteResent = defineEvent(
  'invites.resent',
  z.object({
    inviteId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    inviterId: z.uuid(),
    inviterName: z.string(),
    role: Role,
    inviteeId: z.uuid().nullable(),
  }),
  {
    roomFrame: 'company',
    names: { inviterName: 'inviterId' },
    frame: ['inviteId', 'companyName', 'inviterId', 'inviterName', 'role'],
    audit: ['inviteId', 'companyName', 'inviterId', 'inviterName', 'role'],
    notifications: InviteCreated.notifications,
  },
);
