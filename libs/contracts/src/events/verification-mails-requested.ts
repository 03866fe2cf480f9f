import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** The mail that verifies an address is due. Token and address are read when it is sent, never queued. */
export const VerificationMailRequested = defineInternalEvent(
  'verification_mails.requested',
  z.object({ userId: z.uuid() }),
);
