import type { Command } from 'commander';
import { ListQueues } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { table } from '../table';

export function addQueues(program: Command, { calls }: Ops): void {
  program
    .command('queues')
    .description('depth, consumers, retries and dead letters of each queue')
    .action(
      calls(async (client) => {
        const { data } = await client.call(ListQueues);
        const rows = data.map((row) => [row.queue, row.ready, row.consumers, row.waiting, row.dead, row.deadLetters]);
        return { json: data, text: table(['QUEUE', 'READY', 'CONSUMERS', 'RETRYING', 'DEAD', 'DLQ COPIES'], rows) };
      }),
    );
}
