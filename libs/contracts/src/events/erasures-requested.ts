import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** The name and words of a deleted account are to be taken out of past events and of other people's notifications. */
export const ErasureRequested = defineInternalEvent(
  'erasures.requested',
  z.object({
    userId: z.uuid(),
  }),
);
