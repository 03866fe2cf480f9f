import type { z } from 'zod';

/** What one notification says: the value of its code in the contract of the event that yields it. */
export interface NotificationContract<Params extends z.ZodType = z.ZodType> {
  /** Facts for the client to make a text of. Names and words in them are people's own, as they were at the event. */
  readonly params: Params;
  /** Takes something from its recipient, or obliges them: the SOCKET preference cannot switch it off. */
  readonly alwaysOn: boolean;
  /** The sender's own words: a recipient who has blocked the sender gets none, and it can be answered. */
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
