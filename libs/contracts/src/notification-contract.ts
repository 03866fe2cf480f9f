import type { z } from 'zod';

/** A notification: the value of its code in the contract of its event. */
export interface NotificationContract<Params extends z.ZodType = z.ZodType> {
  /** Facts from which the client makes a text. Names and texts in them are those at the time of the event. */
  readonly params: Params;
  /** Takes something from its recipient, or obliges them: the SOCKET preference cannot switch it off. */
  readonly alwaysOn: boolean;
  /** A message of the sender: it can be replied to, and a recipient who has blocked the sender gets none. */
  readonly personal: boolean;
  /** One line of the digest mail. Mails are English; every other client makes its own text of code and params. */
  line(params: z.infer<Params>): string;
}

export function defineNotification<Params extends z.ZodType>(
  params: Params,
  line: (params: z.infer<Params>) => string,
  { alwaysOn = false, personal = false } = {},
): NotificationContract<Params> {
  return Object.freeze({ params, line, alwaysOn, personal });
}
