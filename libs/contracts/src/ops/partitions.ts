import { z } from 'zod';

const rows = z.number().meta({ description: 'As the statistics of PostgreSQL know: an estimate' });
const bytes = z.number().meta({ description: 'With its indexes' });
const month = z.string().meta({ examples: ['2026-11'] });

const Retention = z.object({
  variable: z.string().meta({ description: 'Of the notifications-worker, which says so' }),
  months: z.int().nullable().meta({ description: 'Whole months kept beside the current one; null when all are' }),
});

const PartitionedTable = z.object({
  table: z.string(),
  retention: Retention.nullable().meta({
    description: 'As the notifications-worker that started last has it; null when none has told',
  }),
  months: z.array(z.object({ month, rows, bytes })).meta({ description: 'The oldest first; coming ones included' }),
  fallback: z.object({ rows, bytes }).meta({
    description: 'Of the default partition: rows of months without a partition, which are never dropped',
  }),
});

const NextDrop = z.object({
  table: z.string(),
  month,
  bytes,
  from: z.iso.date().nullable().meta({
    description: 'The day from which the retention lets it go; null when it keeps all months, or is not known',
  }),
  pending: z.array(z.string()).meta({ description: 'What keeps it for now, whatever the retention says' }),
});

export const PartitionsView = z
  .object({
    monthsAhead: z
      .int()
      .meta({ description: 'Coming months of which every table has its partition; -1: not even this' }),
    tables: z.array(PartitionedTable),
    nextDrops: z.array(NextDrop).meta({
      description: 'Of each table the month that goes next, at the earliest on the day that its retention says',
    }),
    job: z
      .object({ nextRunAt: z.iso.datetime(), lastError: z.string().nullable() })
      .nullable()
      .meta({ description: 'The job that drops months; null before its first run' }),
  })
  .meta({ id: 'Partitions' });
export type PartitionsView = z.infer<typeof PartitionsView>;
