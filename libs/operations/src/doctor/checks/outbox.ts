import type { OutboxView } from '@convene/contracts/ops/outbox';
import type { QueuesView } from '@convene/contracts/ops/queues';
import { EXCHANGE, queueOf } from '@convene/messaging/topology/queues';
import type { Check, Finding } from '../check';

/** A relay publishes within a second. */
const MAX_AGE_S = 30;
/** The oldest say what is wrong. */
const LOOKED_AT = 1_000;

type Types = OutboxView['types'];

/** That committed events are published, or why they are not. */
export const outbox: Check = async ({ outbox: its, queues }) => {
  const pending = await its.execute(LOOKED_AT);
  // Only what waits for long raises the question of its queue.
  return lateOf(pending).length === 0 ? [] : judgeOutbox(pending, (await queues.execute()).data);
};

export function judgeOutbox(pending: OutboxView, queues: QueuesView['data']): readonly Finding[] {
  const late = lateOf(pending);
  if (late.length === 0) return [];
  const returned = late.filter((type) => type.returned > 0);
  const unconfirmed = late.filter((type) => type.returned === 0 && type.failed > 0);
  if (returned.length + unconfirmed.length === 0) return [unpublished(pending, late)];
  return [...unbound(returned, queues), ...(unconfirmed.length > 0 ? [notTaken(unconfirmed)] : [])];
}

const lateOf = ({ types }: OutboxView) => types.filter(({ oldestSeconds }) => oldestSeconds > MAX_AGE_S);

const evidenceOf = (types: Types) =>
  types
    .map(({ type, pending, oldestSeconds }) => `${pending} ${type}, the oldest ${Math.round(oldestSeconds)} s old`)
    .join('; ');

/** RabbitMQ has said of each that no queue takes it. Of a queue that does not exist, the check of the queues tells. */
function unbound(returned: Types, queues: QueuesView['data']): Finding[] {
  const absent = new Set(queues.filter(({ state }) => state === 'absent').map(({ queue }) => queue));
  const types = returned.filter(({ type }) => !absent.has(queueOf(type)));
  if (types.length === 0) return [];
  const missing = new Set(types.map(({ type }) => `${queueOf(type)} to ${type.slice(0, type.indexOf('.'))}.#`));
  return [
    {
      severity: 'critical',
      cause: `A binding is missing on the exchange ${EXCHANGE}: ${[...missing].join(', ')}`,
      evidence: `RabbitMQ returned them as unroutable: ${evidenceOf(types)}`,
      remedy:
        'Where RABBITMQ_URL says declare=off, import deploy/rabbitmq/definitions.json; elsewhere a restart of the worker binds its queue',
      runbook: 'EventsUnroutable.md',
    },
  ];
}

const notTaken = (types: Types): Finding => ({
  severity: 'critical',
  cause: `Events do not get into ${[...new Set(types.map(({ type }) => queueOf(type)))].join(', ')}: RabbitMQ does not confirm them`,
  evidence: `${evidenceOf(types)}; tried more than once`,
  remedy:
    'An alarm of RabbitMQ (disk, memory), a queue without a majority of its nodes, or a connection that breaks: its log tells',
  runbook: 'PublishesUnconfirmed.md',
});

const unpublished = ({ pending, isTruncated }: OutboxView, late: Types): Finding => ({
  severity: 'critical',
  cause: 'No relay publishes',
  evidence: `${isTruncated ? 'more than ' : ''}${pending} events wait: ${evidenceOf(late)}; none was tried twice`,
  remedy: 'At least one api-gateway must run with OUTBOX_RELAY=on; a transaction left open hides rows from it',
  runbook: 'OutboxLagging.md',
});
