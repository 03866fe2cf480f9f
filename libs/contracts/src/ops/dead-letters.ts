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

const DeadReaction = z.object({
  reaction: z.string(),
  queue: z.string().nullable().meta({ description: 'Null for a reaction that no worker has registered' }),
  error: z.string(),
  diedAt: z.iso.datetime(),
  acts: z
    .array(z.object({ actId: z.uuid(), command: z.string(), state: z.string() }))
    .meta({ description: 'The acts that were about it, the latest first, and what came of it there' }),
});

const DeadLetterCopy = z.object({
  queue: z.string(),
  reaction: z.string().nullable(),
  attempt: z.int().meta({ description: 'The attempt that failed last' }),
  waits: z.int().meta({ description: 'How often it came back because infrastructure was away: these are no attempts' }),
  firstSeenAt: z.string().nullable(),
  chain: z.string().nullable().meta({ description: 'Which message of the event: of the relay, a sweep, or an act' }),
  error: z.string().nullable(),
  traceId: z.string().nullable(),
  bytes: z.int().meta({ description: 'Of its body, which is not shown: it may have words of people' }),
});

export const DeadLetterView = z
  .object({
    eventId: z.uuid(),
    event: z
      .object({
        type: z.string(),
        occurredAt: z.iso.datetime(),
        actorId: z.uuid().nullable(),
        companyId: z.uuid().nullable(),
        membershipVersion: z.int().nullable(),
        traceId: z.string().nullable(),
        facts: z.record(z.string(), z.unknown()).meta({ description: 'Of its payload: ids, times, numbers, choices' }),
        leftOut: z.array(z.string()).meta({ description: 'Fields that have, or may have, names and words of people' }),
      })
      .nullable()
      .meta({ description: 'Null when it is no longer stored' }),
    reactions: z.array(DeadReaction).meta({ description: 'Those of it that are dead' }),
    copies: z.array(DeadLetterCopy).nullable().meta({
      description:
        'Its messages in the dead-letter queues, with their headers; null when the broker could not be asked',
    }),
    allCopiesSeen: z.boolean().meta({ description: 'False when a queue has more messages than were looked at' }),
  })
  .meta({ id: 'DeadLetter', description: 'Everything that is known of what was given up of one event' });
export type DeadLetterView = z.infer<typeof DeadLetterView>;

export const BeginActBody = z.object({
  filter: DeadLetterFilter,
  rate: z.int().min(1).max(1_000).default(50).meta({ description: 'How many a second' }),
  reason: Reason,
});
export type BeginActBody = z.infer<typeof BeginActBody>;
