import { z } from 'zod';

export const VerifyQuery = z.object({
  check: z.enum(['events', 'inboxes']).meta({ description: 'What a page is of: events by id, or users by id' }),
  after: z.uuid().optional().meta({ description: '`next` of the page before; absent for the first page' }),
  since: z.iso.datetime().optional().meta({ description: 'Of events: the first page begins here' }),
  graceSeconds: z.coerce
    .number()
    .int()
    .min(60)
    .max(86_400)
    .default(600)
    .meta({ description: 'Of events: younger ones are on their way, and not looked at' }),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type VerifyQuery = z.infer<typeof VerifyQuery>;

const DefectView = z
  .object({
    kind: z.enum([
      'event_unpublished',
      'event_unprocessed',
      'recipients_missing',
      'row_removed',
      'seq_missing',
      'seq_doubled',
      'counter_wrong',
    ]),
    severity: z.enum(['warning', 'critical']).meta({ description: '`warning`: repaired without an operator' }),
    eventId: z.uuid().nullable(),
    userIds: z.array(z.uuid()).meta({ description: 'Who is at risk: at most 20' }),
    detail: z.string(),
    remedy: z.string(),
  })
  .meta({ id: 'Defect' });
export type DefectView = z.infer<typeof DefectView>;

export const VerificationPage = z
  .object({
    source: z.enum(['primary', 'replica']),
    examined: z.int().meta({ description: 'Events, or users, of this page' }),
    next: z.uuid().nullable().meta({ description: 'Null after the last page' }),
    defects: z.array(DefectView),
  })
  .meta({ id: 'VerificationPage' });
export type VerificationPage = z.infer<typeof VerificationPage>;
