import type { Command } from 'commander';
import { ReadOutbox } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { duration, table } from '../table';

export function addOutbox(program: Command, { calls }: Ops): void {
  program
    .command('outbox')
    .description('events that are committed and not published yet, by type')
    .action(
      calls(async (client) => {
        const outbox = await client.call(ReadOutbox);
        const counts = [...outbox.types, { ...outbox, type: outbox.isTruncated ? 'total (oldest only)' : 'total' }];
        const rows = counts.map((row) => {
          return [row.type, row.pending, row.claimed, row.failed, duration(row.oldestSeconds)];
        });
        return { json: outbox, text: table(['EVENT', 'PENDING', 'CLAIMED', 'TRIED AGAIN', 'OLDEST'], rows) };
      }),
    );
}
