import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A push to a browser of an offline user is due. One event per browser, so that a failure repeats no other push. */
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
