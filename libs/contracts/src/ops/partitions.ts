import { z } from 'zod';

const rows = z.number().meta({ description: 'As the statistics of PostgreSQL know: an estimate' });
const bytes = z.number().meta({ description: 'With its indexes' });
const month = z.string().meta({ examples: ['2026-11'] });

const PartitionedTable = z.object({
  table: z.string(),
  months: z.array(z.object({ month, rows, bytes })).meta({ description: 'The oldest first; coming ones included' }),
  fallback: z.object({ rows, bytes }).meta({
    description: 'Of the default partition: rows of months without a partition, which are never dropped',
  }),
});

const NextDrop = z.object({
  table: z.string(),
  month,
  bytes,
  pending: z.array(z.string()).meta({ description: 'What keeps it for now, whatever the retention says' }),
});

export const PartitionsView = z
  .object({
    monthsAhead: z
      .int()
      .meta({ description: 'Coming months of which every table has its partition; -1: not even this' }),
    tables: z.array(PartitionedTable),
    nextDrops: z.array(NextDrop).meta({
      description: 'Of each table the month that goes next, once the retention of the notifications-worker says so',
    }),
    job: z
      .object({ nextRunAt: z.iso.datetime(), lastError: z.string().nullable() })
      .nullable()
      .meta({ description: 'The job that drops months; null before its first run' }),
  })
  .meta({ id: 'Partitions' });
export type PartitionsView = z.infer<typeof PartitionsView>;
