import { publishBlock } from '@convene/messaging/publish-block';
import type { Finding, Instruments } from '../check';

/** That RabbitMQ accepts messages. That it is away, the check of the queues tells. */
export const alarms = async ({ host }: Pick<Instruments, 'host'>): Promise<readonly Finding[]> => {
  const reason = await publishBlock(host.rabbitmqUrls).catch(() => undefined);
  if (reason === undefined) return [];
  return [
    {
      severity: 'critical',
      cause: /disk/.test(reason) ? 'The disk of RabbitMQ is full' : 'An alarm of RabbitMQ blocks publishers',
      evidence: `RabbitMQ says: ${reason}`,
      remedy:
        'Events are kept in the outbox meanwhile. rabbitmqctl list_alarms names the node: give it space, or memory',
      runbook: 'PublishesUnconfirmed.md',
    },
  ];
};
