import amqplib, { type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { required } from '../../by-hand/env';

export const EXCHANGE = 'by-hand.events';
export const QUEUES = { reactions: 'by-hand.invites', frames: 'by-hand.frames' } as const;
const PREFETCH = 50;

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly actorId: string;
  readonly companyId: string;
  readonly occurredAt: string;
}

export interface Frame {
  readonly userId: string;
  readonly frame: object;
}

export const env = {
  databaseUrl: required('DATABASE_URL'),
  redisUrl: required('REDIS_URL'),
  rabbitmqUrl: required('RABBITMQ_URL'),
  port: Number(required('PORT')),
};

/** A channel with the queues of both workers, and confirms in a window. */
export async function openChannel() {
  const channel = await (await amqplib.connect(env.rabbitmqUrl)).createConfirmChannel();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  for (const queue of Object.values(QUEUES)) {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  }
  await channel.bindQueue(QUEUES.reactions, EXCHANGE, 'invites.#');
  await channel.prefetch(PREFETCH);
  return channel;
}

/** Works on all messages in hand at once, never waits for more, and acknowledges them with one frame. */
export async function consumeInBatches<Body>(
  channel: ConfirmChannel,
  queue: string,
  work: (bodies: Body[]) => Promise<void>,
): Promise<void> {
  let inHand: ConsumeMessage[] = [];
  let working = false;
  const next = async () => {
    if (working || inHand.length === 0) return;
    working = true;
    const batch = inHand;
    inHand = [];
    await work(batch.map(({ content }) => JSON.parse(content.toString()) as Body));
    channel.ack(batch.at(-1) as ConsumeMessage, true);
    working = false;
    setImmediate(() => void next());
  };
  await channel.consume(queue, (message) => {
    if (!message) throw new Error(`The consumer of ${queue} was cancelled`);
    if (inHand.push(message) === 1) setImmediate(() => void next());
  });
}
