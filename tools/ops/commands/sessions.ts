import type { Command } from 'commander';
import { RevokeUserSessions } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { actAnswer } from './act-answer';

export function addSessions(program: Command, { calls }: Ops): void {
  const sessions = program.command('sessions').description('logins of users');
  sessions
    .command('revoke <user>')
    .description('ends all sessions of a user (by id), with their sockets, within a second')
    .requiredOption('--reason <why>', 'why; it is recorded')
    .action(
      calls(async (client, userId: string, { reason }: { reason: string }) =>
        actAnswer(await client.call(RevokeUserSessions, { params: { userId }, body: { reason } })),
      ),
    );
}
