import type { DeadLetterView } from '@convene/contracts/ops/dead-letters';

/** A dead letter for people, its parts below each other. */
export function deadLetterText({ eventId, event, reactions, copies, allCopiesSeen }: DeadLetterView): string {
  return [
    event ? `${event.type} at ${event.occurredAt}` : 'The event is no longer stored.',
    `event ${eventId}`,
    ...(event ? eventLines(event) : []),
    ...reactions.flatMap(({ reaction, queue, error, diedAt, acts }) => [
      `${reaction} of ${queue ?? 'no worker'} died at ${diedAt}: ${error}`,
      ...acts.map(({ command, actId, state }) => `  ${command}, act ${actId}: ${state}`),
    ]),
    ...copyLines(copies),
    ...(allCopiesSeen ? [] : ['Not all copies were looked at.']),
  ].join('\n');
}

function eventLines(event: NonNullable<DeadLetterView['event']>): string[] {
  const { actorId, companyId, membershipVersion, traceId, facts, leftOut } = event;
  return [
    `actor ${actorId ?? '-'}, company ${companyId ?? '-'} at version ${membershipVersion ?? '-'}, trace ${traceId ?? '-'}`,
    ...Object.entries(facts).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    ...(leftOut.length === 0 ? [] : [`  left out: ${leftOut.join(', ')}`]),
  ];
}

function copyLines(copies: DeadLetterView['copies']): string[] {
  if (copies === null) return ['RabbitMQ could not be asked for its copies.'];
  if (copies.length === 0) return ['There is no copy in a dead-letter queue.'];
  return copies.map(({ queue, attempt, waits, chain, firstSeenAt, bytes, traceId }) => {
    const facts = [
      `attempt ${attempt}`,
      `${waits} waits`,
      `first seen ${firstSeenAt ?? '-'}`,
      `chain ${chain ?? 'relay'}`,
    ];
    return `copy in ${queue}: ${[...facts, `trace ${traceId ?? '-'}`, `${bytes} bytes`].join(', ')}`;
  });
}
