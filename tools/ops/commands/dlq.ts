import type { Command } from 'commander';
import type { DeadLetterFilter } from '@convene/contracts/ops/dead-letters';
import { ListDeadLetters } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { table } from '../table';

export function addDlq(program: Command, { calls }: Ops): void {
  const dlq = program.command('dlq').description('reactions that were given up');
  withFilter(dlq.command('list').description('what was given up, grouped by error and event')).action(
    calls(async (client, filter: DeadLetterFilter) => {
      const { total, data } = await client.call(ListDeadLetters, { query: filter });
      const rows = data.map((group) => [
        group.count,
        group.queue,
        group.type,
        group.reaction,
        group.lastAt,
        group.error,
      ]);
      const text = table(['COUNT', 'QUEUE', 'EVENT', 'REACTION', 'LAST', 'ERROR'], rows);
      return { json: { total, data }, text: total === 0 ? 'Nothing is dead.' : `${text}\n${total} dead reactions` };
    }),
  );
}

/** The options that say which dead reactions are meant. */
function withFilter(command: Command): Command {
  return command
    .option('--queue <queue>', 'of this queue')
    .option('--type <event>', 'of this event, such as invites.created')
    .option('--reaction <name>', 'of this reaction')
    .option('--error <text>', 'whose error contains this text')
    .option('--event-id <id>', 'of this one event')
    .option('--since <time>', 'given up at or after this time (ISO 8601)')
    .option('--until <time>', 'given up before this time');
}
