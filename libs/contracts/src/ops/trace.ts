import { z } from 'zod';

const time = z.iso.datetime();

/** `owed`: it has not run, and will: its message is on the way, or a sweeper brings it back. */
export const ReactionTraceState = z.enum(['done', 'dead', 'discarded', 'waiting', 'owed', 'not owed']);
export type ReactionTraceState = z.infer<typeof ReactionTraceState>;

export const TraceView = z
  .object({
    event: z
      .object({
        id: z.uuid(),
        type: z.string(),
        internal: z.boolean(),
        actorId: z.uuid().nullable(),
        companyId: z.uuid().nullable(),
        membershipVersion: z.int().nullable(),
        traceId: z.string().nullable().meta({ description: 'Finds its request and its reactions in all logs' }),
        occurredAt: time,
        publishedAt: time.nullable().meta({ description: 'Null while it is in the outbox' }),
        claimedUntil: time.nullable(),
        attempts: z.int().meta({ description: 'How often a relay has claimed it' }),
      })
      .nullable()
      .meta({ description: 'Null when it is no longer stored. Its payload is not shown: it may have words of people' }),
    reactions: z.array(
      z.object({
        name: z.string(),
        queue: z.string().nullable(),
        state: ReactionTraceState,
        at: time.nullable().meta({ description: 'When it was over; of one that waits, when its next attempt is due' }),
        error: z.string().nullable(),
      }),
    ),
    sweeps: z
      .array(z.object({ queue: z.string(), attempts: z.int(), nextAt: time }))
      .meta({ description: 'How often a sweeper has put it back on a queue' }),
    notifications: z.object({
      total: z.int(),
      read: z.int(),
      archived: z.int(),
      deleted: z.int(),
      isComplete: z.boolean().meta({ description: 'False while the chunks of a large audience are being written' }),
      codes: z.array(z.object({ code: z.string(), count: z.int(), firstAt: time, lastAt: time })),
    }),
    steps: z
      .array(
        z.object({
          step: z.string(),
          channel: z.string().nullable(),
          reason: z.string().nullable(),
          count: z.int(),
          firstAt: time,
          lastAt: time,
        }),
      )
      .meta({ description: 'What became of its notifications: sent, withheld, mailed, pushed' }),
  })
  .meta({ id: 'Trace', description: 'Everywhere an event has been' });
export type TraceView = z.infer<typeof TraceView>;
