import { z } from 'zod';
import { defineEvent } from '../event';

/** The invitee joined. The inviter hears of it. */
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
  },
);
