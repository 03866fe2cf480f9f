import type { Channel, Options } from 'amqplib';
import { bindingsOf, deadLetterQueueOf, EXCHANGE, formerBindingsOf, QueueName, QUEUES, retryQueueOf } from './queues';
import { retryDelays, RetryPolicy } from './retry-levels';

/**
 * Attempts are counted in our own header. The broker's limit also counts lost connections, so a low one would
 * dead-letter innocent prefetched messages: it is a backstop against a message that kills its consumer.
 */
const DELIVERY_LIMIT = 1_000;

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

export async function declareExchange(channel: Channel): Promise<void> {
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
}

/**
 * Every queue with its dead letters and bindings. Publishers declare them too, so that an event has a queue
 * before its first consumer, and again after the queue was deleted or unbound. Idempotent.
 */
export async function declareQueues(channel: Channel): Promise<void> {
  await declareExchange(channel);
  for (const queue of QUEUES) await declareMain(channel, queue);
}

/** A queue with its bindings, its retry levels and its dead letters. Idempotent. */
export async function declareQueue(channel: Channel, queue: QueueName, policy: RetryPolicy): Promise<void> {
  await declareExchange(channel);
  await declareMain(channel, queue);
  const options = quorum(queue);
  for (const delayMs of retryDelays(policy)) {
    const args = { ...(options.arguments as object), 'x-message-ttl': delayMs };
    await channel.assertQueue(retryQueueOf(queue, delayMs), { ...options, arguments: args });
  }
}

async function declareMain(channel: Channel, queue: QueueName): Promise<void> {
  await channel.assertQueue(deadLetterQueueOf(queue), quorum());
  const options = quorum(deadLetterQueueOf(queue));
  await channel.assertQueue(queue, {
    ...options,
    arguments: { ...(options.arguments as object), 'x-delivery-limit': DELIVERY_LIMIT },
  });
  for (const pattern of bindingsOf(queue)) await channel.bindQueue(queue, EXCHANGE, pattern);
  for (const pattern of formerBindingsOf(queue)) await channel.unbindQueue(queue, EXCHANGE, pattern);
}
