import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A mail about an account is due. Token and address are read when it is sent, never queued. */
export const AccountMailRequested = defineInternalEvent(
  'account_mails.requested',
  z.object({
    /** Nobody's, when somebody asked to reset the password of an address without an account: then there is no mail. */
    userId: z.uuid(),
    /** ADDRESS_IN_USE: somebody tried to sign up with an address that has an account. */
    kind: z.enum(['RESET', 'CHANGE', 'ADDRESS_IN_USE']),
  }),
);
