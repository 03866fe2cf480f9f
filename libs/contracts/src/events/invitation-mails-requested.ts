import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** The mail to an invitee is due. Token and address are read when it is sent, never queued. */
export const InvitationMailRequested = defineInternalEvent(
  'invitation_mails.requested',
  z.object({ inviteId: z.uuid() }),
);
