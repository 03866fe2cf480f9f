import { z } from 'zod';
import { NotificationView } from '../frames';

/** The decrypted message of a service worker: enough to show one line without a request. The inbox has the rest. */
export const WebPushMessage = z.object({
  /** How many notifications the push is about. */
  count: z.int().positive(),
  /** The newest of them. A client that is at this seq has nothing to show. */
  seq: z.int().positive(),
  /** The newest of them; without its parameters where they are too long for a push. */
  newest: NotificationView.pick({ id: true, code: true, params: true }),
});
export type WebPushMessage = z.infer<typeof WebPushMessage>;
