import { z } from 'zod';
import { defineInternalEvent } from '../event';

/** A push to the browsers of somebody who is offline is due. */
export const WebPushRequested = defineInternalEvent(
  'web_pushes.requested',
  z.object({
    userId: z.uuid(),
    fromSeq: z.int().positive(),
    toSeq: z.int().positive(),
  }),
);
