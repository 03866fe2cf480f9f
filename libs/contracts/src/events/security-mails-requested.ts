import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** The owner of an account is to be told what happened to it. Token and address are read when the mail is sent, never queued. */
export const SecurityMailRequested = defineInternalEvent(
  'security_mails.requested',
  z.object({
    userId: z.uuid(),
    /** ADDRESS_CHANGED goes to the former address, the others to the one that the account had when it happened. */
    kind: z.enum(['PASSWORD_CHANGED', 'ADDRESS_CHANGE_REQUESTED', 'ADDRESS_CHANGED']),
    /** Of ADDRESS_CHANGED: the row that holds the former address. */
    formerAddressId: z.uuid().optional(),
  }),
);
