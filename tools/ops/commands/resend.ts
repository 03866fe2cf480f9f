import type { Command } from 'commander';
import { ResendEvent, TraceEvent } from '@convene/contracts/ops/routes';
import type { Ops } from '../ops';
import { actAnswer } from './act-answer';
import { type Applied, DRY_RUN, reasonOf, withApply } from './apply';

export function addResend(program: Command, { calls }: Ops): void {
  const resend = program
    .command('resend <event>')
    .description('sends the notifications of an event (by id) to the devices again; a dry run without --apply');
  withApply(resend).action(
    calls(async (client, eventId: string, options: Applied) => {
      const params = { eventId };
      if (options.apply)
        return actAnswer(await client.call(ResendEvent, { params, body: { reason: reasonOf(options) } }));
      const { total, deleted } = (await client.call(TraceEvent, { params })).notifications;
      const json = { dryRun: true, eventId, notifications: total - deleted };
      return { json, text: `${json.notifications} notifications would be sent again\n${DRY_RUN}` };
    }),
  );
}
