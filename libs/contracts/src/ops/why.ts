import { z } from 'zod';

/** Why a user has, or has not, a notification of an event. */
export const WhyVerdict = z.enum([
  'received',
  'received silently',
  'deleted',
  'no such user',
  'account deleted',
  'notifies nobody',
  'in the outbox',
  'waiting',
  'being written',
  'dead',
  'discarded',
  'the actor',
  'not addressed',
  'not entitled',
  'switched off',
  'blocked',
  'withheld',
  'unexplained',
]);
export type WhyVerdict = z.infer<typeof WhyVerdict>;

export const WhyView = z
  .object({
    eventId: z.uuid(),
    userId: z.uuid(),
    verdict: WhyVerdict,
    detail: z.string().meta({ description: 'The facts that decide it, for people' }),
  })
  .meta({ id: 'Why', description: 'Why a user has, or has not, a notification of an event' });
export type WhyView = z.infer<typeof WhyView>;
