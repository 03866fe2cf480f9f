import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A push to a browser of somebody who is offline is due. One event per browser: one that fails repeats no other. */
export const WebPushRequested = defineInternalEvent(
  'web_pushes.requested',
  z.object({
    userId: z.uuid(),
    /** Absent in events of earlier versions, which meant all browsers. */
    subscriptionId: z.uuid().optional(),
    fromSeq: z.int().positive(),
    toSeq: z.int().positive(),
  }),
);
