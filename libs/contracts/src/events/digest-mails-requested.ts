import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A mail about the notifications that a user missed while offline is due. */
export const DigestMailRequested = defineInternalEvent(
  'digest_mails.requested',
  z.object({
    userId: z.uuid(),
    /** The notifications it covers: fromSeq to toSeq, both included. */
    fromSeq: z.int().positive(),
    toSeq: z.int().positive(),
  }),
);
