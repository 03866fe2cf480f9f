import { z } from 'zod';
import { defineEvent } from '../event';

/** An invitation was withdrawn. The invitee hears of it, if a user. */
export const InviteRevoked = defineEvent(
  'invites.revoked',
  z.object({
    inviteId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    inviteeId: z.uuid().nullable(),
  }),
  { roomFrame: 'company', frame: ['inviteId', 'companyName'], audit: ['inviteId', 'companyName'] },
);
