import { type Command, InvalidArgumentError } from 'commander';
import type { DeadLetterFilter } from '@convene/contracts/ops/dead-letters';
import { DiscardDeadLetters, ListDeadLetters, ReplayDeadLetters, ShowDeadLetter } from '@convene/contracts/ops/routes';
import type { Answer, Ops } from '../ops';
import type { OpsClient } from '../ops-client';
import { table } from '../table';
import { actAnswer } from './act-answer';
import { type Applied, DRY_RUN, reasonOf, withApply } from './apply';
import { deadLetterText } from './dead-letter-text';

export function addDlq(program: Command, { calls }: Ops): void {
  const dlq = program.command('dlq').description('reactions that were given up');
  withFilter(dlq.command('list').description('what was given up, grouped by error and event')).action(
    calls((client, filter: DeadLetterFilter) => list(client, filter)),
  );
  dlq
    .command('show <event>')
    .description(
      'what was given up of one event (by id): errors, headers, acts, and its facts without what is personal',
    )
    .action(
      calls(async (client, eventId: string) => {
        const letter = await client.call(ShowDeadLetter, { params: { eventId } });
        return { json: letter, text: deadLetterText(letter) };
      }),
    );
  const acts = [
    ['replay', 'gives dead reactions to their handlers again, each once', ReplayDeadLetters],
    ['discard', 'gives dead reactions up for good', DiscardDeadLetters],
  ] as const;
  for (const [name, description, route] of acts) {
    withApply(withFilter(dlq.command(name).description(`${description}; a dry run without --apply`)))
      .option('--rate <number>', 'how many a second, 1 to 1000', numberOf, 50)
      .action(
        calls(async (client, { apply, reason, rate, ...filter }: ActOptions) => {
          if (!apply) return dryRun(await list(client, filter));
          return actAnswer(await client.call(route, { body: { filter, rate, reason: reasonOf({ reason }) } }));
        }),
      );
  }
}

interface ActOptions extends DeadLetterFilter, Applied {
  readonly rate: number;
}

async function list(client: OpsClient, filter: DeadLetterFilter): Promise<Answer> {
  const { total, data } = await client.call(ListDeadLetters, { query: filter });
  const rows = data.map((group) => [group.count, group.queue, group.type, group.reaction, group.lastAt, group.error]);
  const text = table(['COUNT', 'QUEUE', 'EVENT', 'REACTION', 'LAST', 'ERROR'], rows);
  return { json: { total, data }, text: total === 0 ? 'Nothing is dead.' : `${text}\n${total} dead reactions` };
}

function dryRun({ json, text }: Answer): Answer {
  return { json: { dryRun: true, ...(json as object) }, text: `${text}\n${DRY_RUN}` };
}

function numberOf(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1_000) return number;
  throw new InvalidArgumentError('expected a whole number from 1 to 1000');
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
