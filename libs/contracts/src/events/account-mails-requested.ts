import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A mail about an account is due. Token and address are read when it is sent, never queued. */
export const AccountMailRequested = defineInternalEvent(
  'account_mails.requested',
  z.object({
    /** Null for a password reset of an address without an account: no mail is sent then. */
    userId: z.uuid(),
    /** ADDRESS_IN_USE: a signup named an address that has an account. */
    kind: z.enum(['RESET', 'CHANGE', 'ADDRESS_IN_USE']),
  }),
);
