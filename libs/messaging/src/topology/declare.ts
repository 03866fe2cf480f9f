import type { Channel, Options } from 'amqplib';
import {
  bindingsOf,
  CONSUMERS,
  deadLetterQueueOf,
  DIRECT_EXCHANGES,
  directExchangeOf,
  EXCHANGE,
  formerBindingsOf,
  QueueName,
  QUEUES,
} from './queues';
import {
  LEVEL_HEADER,
  levelOf,
  RETRY_EXCHANGE,
  retryDelays,
  RetryPolicy,
  RETURN_EXCHANGE,
  UNROUTABLE_DELAY_MS,
  UNROUTABLE_EXCHANGE,
  UNROUTABLE_LEVEL,
} from './retry-levels';

/**
 * Attempts are counted in our own header. The broker's limit also counts lost connections, so a low one would
 * dead-letter innocent prefetched messages: it is a backstop against a message that kills its consumer.
 */
const DELIVERY_LIMIT = 1_000;

/** Where the topology is declared: a channel, or what writes it down for a broker to load. */
export type Declarer = Pick<Channel, 'assertExchange' | 'assertQueue' | 'bindQueue' | 'unbindQueue'>;

/** Quorum everywhere; at-least-once dead lettering needs reject-publish (the default strategy loses messages). */
function quorum(deadLetterTo?: string): Options.AssertQueue {
  const base = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish' };
  if (deadLetterTo === undefined) return { durable: true, arguments: base };
  return {
    durable: true,
    arguments: {
      ...base,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLetterTo,
      'x-dead-letter-strategy': 'at-least-once',
    },
  };
}

/** A retry level: messages wait for the queue's own TTL, and leave under the routing key they came with. */
function level(delayMs: number, returnTo: string): Options.AssertQueue {
  const { arguments: base } = quorum() as { arguments: object };
  return {
    durable: true,
    arguments: {
      ...base,
      'x-message-ttl': delayMs,
      'x-dead-letter-exchange': returnTo,
      'x-dead-letter-strategy': 'at-least-once',
    },
  };
}

/** What is published to. A message to an exchange that does not exist would close the publisher's channel. */
export async function declareExchanges(channel: Declarer): Promise<void> {
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  for (const direct of DIRECT_EXCHANGES) await channel.assertExchange(direct, 'direct', { durable: true });
  await channel.assertExchange(RETRY_EXCHANGE, 'headers', { durable: true });
  await channel.assertExchange(UNROUTABLE_EXCHANGE, 'fanout', { durable: true });
  await channel.assertExchange(RETURN_EXCHANGE, 'direct', { durable: true, alternateExchange: UNROUTABLE_EXCHANGE });
}

/**
 * Every queue with its dead letters and bindings. Publishers declare them too, so that an event has a queue
 * before its first consumer, and again after the queue was deleted or unbound. Idempotent.
 */
export async function declareQueues(channel: Declarer): Promise<void> {
  await declareExchanges(channel);
  for (const queue of QUEUES) await declareMain(channel, queue);
}

/** A queue with its bindings and dead letters, and the retry levels that it shares with the others. Idempotent. */
export async function declareQueue(channel: Declarer, queue: QueueName, policy: RetryPolicy): Promise<void> {
  await declareExchanges(channel);
  await declareMain(channel, queue);
  await declareRetryLevels(channel, policy);
}

/** Idempotent. */
export async function declareRetryLevels(channel: Declarer, policy: RetryPolicy): Promise<void> {
  await channel.assertQueue(UNROUTABLE_LEVEL, level(UNROUTABLE_DELAY_MS, ''));
  await channel.bindQueue(UNROUTABLE_LEVEL, UNROUTABLE_EXCHANGE, '');
  for (const delayMs of retryDelays(policy)) {
    const name = levelOf(delayMs);
    await channel.assertQueue(name, level(delayMs, RETURN_EXCHANGE));
    await channel.bindQueue(name, RETRY_EXCHANGE, '', { 'x-match': 'all', [LEVEL_HEADER]: name });
  }
}

async function declareMain(channel: Declarer, queue: QueueName): Promise<void> {
  await channel.assertQueue(deadLetterQueueOf(queue), quorum());
  const options = quorum(deadLetterQueueOf(queue));
  await channel.assertQueue(queue, {
    ...options,
    arguments: { ...(options.arguments as object), 'x-delivery-limit': DELIVERY_LIMIT },
  });
  await channel.bindQueue(queue, RETURN_EXCHANGE, queue);
  const direct = directExchangeOf(CONSUMERS[queue]);
  for (const name of [queue, deadLetterQueueOf(queue)]) await channel.bindQueue(name, direct, name);
  for (const pattern of bindingsOf(queue)) await channel.bindQueue(queue, EXCHANGE, pattern);
  for (const pattern of formerBindingsOf(queue)) await channel.unbindQueue(queue, EXCHANGE, pattern);
}

/** Every queue that is declared: 25 with the default policy. */
export function queueNames(policy: RetryPolicy): string[] {
  return [
    ...QUEUES.flatMap((queue) => [queue, deadLetterQueueOf(queue)]),
    ...retryDelays(policy).map(levelOf),
    UNROUTABLE_LEVEL,
  ];
}
