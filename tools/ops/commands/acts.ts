import type { Command } from 'commander';
import { AbortAct, ListActs, ReadAct, ResumeAct } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { table } from '../table';
import { actAnswer } from './act-answer';

export function addActs(program: Command, { calls }: Ops): void {
  const acts = program.command('acts').description('what operators did and do');
  acts
    .command('list')
    .description('the latest acts')
    .option('--limit <number>', 'how many, at most 200', '20')
    .action(
      calls(async (client, { limit }: { limit: string }) => {
        const { data } = await client.call(ListActs, { query: { limit } });
        const rows = data.map((act) => [act.id, act.createdAt, act.operator, act.command, act.state, act.reason]);
        return { json: data, text: table(['ACT', 'BEGAN', 'OPERATOR', 'COMMAND', 'STATE', 'REASON'], rows) };
      }),
    );
  acts
    .command('show <act>')
    .description('one act: how far it is, or what came of it')
    .action(calls(async (client, actId: string) => actAnswer(await client.call(ReadAct, { params: { actId } }))));
  const changes = [
    ['abort', 'an act on many takes nothing more; what it has sent is watched to the end', AbortAct],
    ['resume', 'an aborted act goes on', ResumeAct],
  ] as const;
  for (const [name, description, route] of changes) {
    acts
      .command(`${name} <act>`)
      .description(description)
      .requiredOption('--reason <why>', 'why; it is recorded')
      .action(
        calls(async (client, actId: string, { reason }: { reason: string }) =>
          actAnswer(await client.call(route, { params: { actId }, body: { reason } })),
        ),
      );
  }
}
