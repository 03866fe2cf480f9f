import type { QueuesView } from '@convene/contracts/ops/queues';
import { CONSUMERS, type QueueName } from '@convene/messaging/topology/queues';
import type { Check, Finding } from '../check';

const MAX_READY = 10_000;

/** That the broker answers, and each queue exists, is consumed, and has neither a backlog nor dead reactions. */
export const queues: Check = async (instruments) => judgeQueues((await instruments.queues.execute()).data);

export function judgeQueues(data: QueuesView['data']): readonly Finding[] {
  if (data.every(({ state }) => state === 'unknown')) {
    return [
      {
        severity: 'critical',
        cause: 'RabbitMQ does not answer',
        evidence: 'no queue could be looked at',
        remedy: 'Events are kept in the outbox meanwhile. Bring RabbitMQ back: it is full, stopped, or out of reach',
        runbook: 'RabbitmqDown.md',
      },
    ];
  }
  return data.flatMap(findingsOf);
}

function findingsOf({ queue, state, ready, consumers, dead, deadLetters }: QueuesView['data'][number]): Finding[] {
  const worker = CONSUMERS[queue as QueueName];
  if (state === 'unknown') {
    return [
      {
        severity: 'warning',
        cause: `RabbitMQ could not be asked about the queue ${queue}`,
        evidence: 'it answered about others',
        remedy: 'Ask again; if it stays so, look at rabbitmqctl list_queues, and at the log of its node',
        runbook: 'RabbitmqDown.md',
      },
    ];
  }
  if (state === 'absent' || ready === null) {
    return [
      {
        severity: 'critical',
        cause: `The queue ${queue} does not exist`,
        evidence: 'RabbitMQ answers that it has no such queue (404)',
        remedy: `Each ${worker} declares it when it connects: is one running? Sweepers bring back what it held`,
        runbook: 'EventsUnroutable.md',
      },
    ];
  }
  const found: Finding[] = [];
  if (consumers === 0) {
    found.push({
      severity: 'critical',
      cause: `No consumer takes messages from ${queue}`,
      evidence: `0 consumers, ${ready} messages wait`,
      remedy: `Start the ${worker}, or look why it has paused: its log, and consumer_paused among its metrics`,
      runbook: 'ConsumersMissing.md',
    });
  } else if (ready > MAX_READY) {
    found.push({
      severity: 'warning',
      cause: `The ${worker} falls behind on ${queue}`,
      evidence: `${ready} messages wait for ${consumers} consumers`,
      remedy: `Start more instances of the ${worker}`,
      runbook: 'QueueBacklog.md',
    });
  }
  if (dead > 0 || (deadLetters ?? 0) > 0) {
    found.push({
      severity: 'warning',
      cause: `Reactions of ${queue} were given up`,
      evidence: `${dead} dead reactions, ${deadLetters ?? 'an unknown number of'} dead letters`,
      remedy: 'npm run ops -- dlq list, repair the cause, then dlq replay',
      runbook: 'DeadReactions.md',
    });
  }
  return found;
}
