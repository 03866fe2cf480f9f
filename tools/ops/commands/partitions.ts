import type { Command } from 'commander';
import type { PartitionsView } from '@convene/contracts/ops/partitions';
import { ListPartitions } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { size, table } from '../table';

export function addPartitions(program: Command, { calls }: Ops): void {
  program
    .command('partitions')
    .description('the months of the partitioned tables, those to come, and those that go next')
    .action(
      calls(async (client) => {
        const partitions = await client.call(ListPartitions);
        return { json: partitions, text: textOf(partitions) };
      }),
    );
}

function textOf({ tables, monthsAhead, nextDrops, job }: PartitionsView): string {
  const rows = tables.map(({ table: name, months, fallback, retention }) => {
    const sum = (key: 'rows' | 'bytes') => months.reduce((total, month) => total + month[key], 0);
    return [
      name,
      months.length,
      months[0]?.month,
      months.at(-1)?.month,
      sum('rows'),
      size(sum('bytes')),
      fallback.rows,
      keptText(retention),
    ];
  });
  return [
    table(['TABLE', 'MONTHS', 'FROM', 'TO', 'ROWS', 'SIZE', 'IN DEFAULT', 'KEPT'], rows),
    `coming months with all partitions: ${monthsAhead}`,
    ...nextDrops.map(({ table: name, month, bytes, from, pending }) => {
      const kept = pending.length === 0 ? 'nothing in it is pending' : `kept by ${pending.join(', ')}`;
      return `next to go: ${name} ${month}, ${size(bytes)}, ${from === null ? 'on no day' : `from ${from} on`}, ${kept}`;
    }),
    ...(nextDrops.length === 0 ? ['No month is old enough to be dropped.'] : []),
    job
      ? `the job that drops them runs at ${job.nextRunAt}${job.lastError === null ? '' : `: ${job.lastError}`}`
      : 'the job that drops them has not run yet',
  ].join('\n');
}

function keptText(retention: PartitionsView['tables'][number]['retention']): string {
  if (!retention) return 'not known: no notifications-worker has told';
  const { variable, months } = retention;
  return months === null ? `all: ${variable} is not set` : `${months} months: ${variable}`;
}
