import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A security mail to the owner of an account is due. Token and address are read when it is sent, and never queued. */
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
