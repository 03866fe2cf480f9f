import type { Command } from 'commander';
import { ExplainDelivery } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';

export function addWhy(program: Command, { calls }: Ops): void {
  program
    .command('why <user> <event>')
    .description('why a user has, or has not, a notification of an event (both by id)')
    .action(
      calls(async (client, userId: string, eventId: string) => {
        const why = await client.call(ExplainDelivery, { params: { userId, eventId } });
        return { json: why, text: `${why.verdict}: ${why.detail}` };
      }),
    );
}
