import type { Command } from 'commander';
import { TraceEvent } from '@convene/contracts/ops/routes';
import type { TraceView } from '@convene/contracts/ops/trace';
import type { Ops } from '../ops';
import { table } from '../table';

export function addTrace(program: Command, { calls }: Ops): void {
  program
    .command('trace <event>')
    .description(
      'everywhere an event has been (by id): outbox, reactions, sweeps, notifications and what became of them',
    )
    .action(
      calls(async (client, eventId: string) => {
        const trace = await client.call(TraceEvent, { params: { eventId } });
        return { json: trace, text: textOf(trace) };
      }),
    );
}

function textOf({ event, reactions, sweeps, notifications, steps }: TraceView): string {
  const { total, read, archived, deleted, isComplete, codes } = notifications;
  return [
    ...(event ? facts(event) : ['The event is no longer stored.']),
    table(
      ['REACTION', 'QUEUE', 'STATE', 'AT', 'ERROR'],
      reactions.map(({ name, queue, state, at, error }) => [name, queue, state, at, error]),
    ),
    ...sweeps.map(
      ({ queue, attempts, nextAt }) => `swept back to ${queue} ${attempts} times, not again before ${nextAt}`,
    ),
    `notifications: ${total}${isComplete ? '' : ', more to come'}; ${read} read, ${archived} archived, ${deleted} deleted`,
    ...codes.map(({ code, count, firstAt, lastAt }) => `  ${code}: ${count}, from ${firstAt} to ${lastAt}`),
    ...steps.map(({ step, channel, reason, count, firstAt }) => {
      return `  ${step}: ${count}${channel === null ? '' : `, ${channel}`}${reason === null ? '' : `, ${reason}`}, since ${firstAt}`;
    }),
  ].join('\n');
}

function facts(event: NonNullable<TraceView['event']>): string[] {
  const { type, occurredAt, publishedAt, claimedUntil, attempts, actorId, companyId, membershipVersion, traceId } =
    event;
  const claimed = claimedUntil === null ? '' : `, claimed until ${claimedUntil}`;
  return [
    `${type} at ${occurredAt}`,
    publishedAt === null ? `in the outbox, claimed ${attempts} times${claimed}` : `published at ${publishedAt}`,
    `actor ${actorId ?? '-'}, company ${companyId ?? '-'} at version ${membershipVersion ?? '-'}, trace ${traceId ?? '-'}`,
  ];
}
