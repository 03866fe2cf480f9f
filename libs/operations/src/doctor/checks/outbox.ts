import type { OutboxView } from '@convene/contracts/ops/outbox';
import { queueOf } from '@convene/messaging/topology/queues';
import type { Check, Finding } from '../check';

/** A relay publishes within a second. */
const MAX_AGE_S = 30;
/** The oldest say what is wrong. */
const LOOKED_AT = 1_000;

/** That committed events are published, or why they are not. */
export const outbox: Check = async (instruments) => judgeOutbox(await instruments.outbox.execute(LOOKED_AT));

export function judgeOutbox({ types, pending, isTruncated }: OutboxView): readonly Finding[] {
  const late = types.filter(({ oldestSeconds }) => oldestSeconds > MAX_AGE_S);
  const evidence = (own: OutboxView['types']) =>
    own
      .map(
        ({ type, pending: count, oldestSeconds }) => `${count} ${type}, the oldest ${Math.round(oldestSeconds)} s old`,
      )
      .join('; ');
  const tried = late.filter(({ failed }) => failed > 0);
  if (tried.length > 0) {
    const names = [...new Set(tried.map(({ type }) => queueOf(type)))].join(', ');
    return [
      {
        severity: 'critical',
        cause: `Events do not get into ${names}: its binding is missing, or an alarm of RabbitMQ (disk, memory) blocks publishers`,
        evidence: `${evidence(tried)}; tried more than once`,
        remedy: `rabbitmqctl list_bindings and rabbitmqctl list_alarms tell which. A restart of the worker binds its queue again`,
        runbook: 'EventsUnroutable.md',
      },
    ];
  }
  if (late.length === 0) return [];
  return [
    {
      severity: 'critical',
      cause: 'No relay publishes',
      evidence: `${isTruncated ? 'more than ' : ''}${pending} events wait: ${evidence(late)}; none was tried twice`,
      remedy: 'At least one api-gateway must run with OUTBOX_RELAY=on; a transaction left open hides rows from it',
      runbook: 'OutboxLagging.md',
    },
  ];
}
