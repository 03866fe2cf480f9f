import { z } from 'zod';
import { Reason } from './acts';

/** Which dead reactions; a field that is left out excludes none. */
export const DeadLetterFilter = z
  .object({
    queue: z.string().max(100),
    type: z.string().max(100).meta({ description: 'The type of the event, such as `invites.created`' }),
    reaction: z.string().max(200),
    error: z.string().min(1).max(500).meta({ description: 'A part of the error, in any case' }),
    eventId: z.uuid().toLowerCase(),
    since: z.iso.datetime().meta({ description: 'Given up at or after this time' }),
    until: z.iso.datetime().meta({ description: 'Given up before this time' }),
  })
  .partial()
  .meta({ id: 'DeadLetterFilter' });
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

export const DeadLetterGroup = z
  .object({
    queue: z.string().nullable().meta({ description: 'Null for a reaction that no worker has registered' }),
    type: z.string().nullable().meta({ description: 'Null when the event is no longer stored' }),
    reaction: z.string(),
    error: z
      .string()
      .meta({ description: 'Ids and numbers are replaced by `*`, so that equal failures are one group' }),
    count: z.int(),
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
    sampleEventId: z.uuid().meta({ description: 'The latest of them' }),
  })
  .meta({ id: 'DeadLetterGroup' });
export type DeadLetterGroup = z.infer<typeof DeadLetterGroup>;

export const DeadLetterGroupsView = z
  .object({ total: z.int(), data: z.array(DeadLetterGroup) })
  .meta({ id: 'DeadLetterGroups' });
export type DeadLetterGroupsView = z.infer<typeof DeadLetterGroupsView>;

export const BeginActBody = z.object({
  filter: DeadLetterFilter,
  rate: z.int().min(1).max(1_000).default(50).meta({ description: 'How many a second' }),
  reason: Reason,
});
export type BeginActBody = z.infer<typeof BeginActBody>;
