import { setTimeout as wait } from 'node:timers/promises';
import type { Channel, ChannelModel, Message } from 'amqplib';
import { withDeadline } from '@convene/observability/deadline';

/** 2,000 copies take half a second. */
const LOOK_MS = 10_000;
/** RabbitMQ notices by itself that a channel has ended, and puts what it held back. */
const RETURN_MS = 5_000;

/** From this major version on, a queue without a limit of its own drops what came back to it more than 20 times. */
const DROPS_SINCE = 4;
const MAX_RETURNS = 15;

const CONSUMER = 'look';

/** How often copies may come back to a queue of this broker. */
export function returnsAllowed({ connection }: ChannelModel): number {
  const version = connection.serverProperties.version;
  return Number.parseInt(version) < DROPS_SINCE ? Infinity : MAX_RETURNS;
}

/** The broker's own count of returns. Published again, it would be taken for that of the new message. */
const RETURNS = 'x-delivery-count';

/** The headers with which a copy is put in anew. */
export function headersAnew({ properties }: Message): Record<string, unknown> {
  const { [RETURNS]: _, ...headers } = (properties.headers ?? {}) as Record<string, unknown>;
  return headers;
}

interface Bounds {
  /** The same for all looks: what came back stays in its order only if whoever looks next takes at least all of it. */
  readonly limit: number;
  readonly maxReturns: number;
  /** Puts a copy in anew. Resolves when the broker has it. */
  readonly keep: (message: Message) => Promise<void>;
}

/**
 * Shows the first `limit` messages of a quorum queue, which get back to its head in their order. By one consumer, whose channel
 * then closes: what is given back by `nack` goes to the end where there is no delivery limit, and what several consumers held,
 * such as those of `basic.get`, comes back in any order. Until then others see the queue without these messages. Each return counts,
 * so a message that has come back `maxReturns` times is put in anew, at the end, with a count that begins again.
 * @returns whether it saw all of the queue.
 */
export async function lookThrough(
  connection: ChannelModel,
  queue: string,
  { limit, maxReturns, keep }: Bounds,
  look: (message: Message) => void,
): Promise<boolean> {
  const channel = await withDeadline(connection.createChannel(), LOOK_MS, 'A channel to the dead letters');
  channel.on('error', () => undefined);
  try {
    const total = (await withDeadline(channel.checkQueue(queue), LOOK_MS, queue)).messageCount;
    const count = Math.min(total, limit);
    if (count === 0) return true;
    const worn: Message[] = [];
    await withDeadline(
      take(channel, queue, count, (message) => {
        look(message);
        if (Number(message.properties.headers?.[RETURNS] ?? 0) >= maxReturns) worn.push(message);
      }),
      LOOK_MS,
      queue,
    );
    // Acknowledged messages would make room for others.
    if (worn.length > 0) await withDeadline(channel.cancel(CONSUMER), LOOK_MS, queue);
    for (const message of worn) {
      await keep(message);
      channel.ack(message);
    }
    await withDeadline(channel.close(), LOOK_MS, queue);
    await returned(connection, queue, total);
    return total <= limit;
  } finally {
    // A second close of a channel throws at once.
    await withDeadline(
      Promise.resolve().then(() => channel.close()),
      LOOK_MS,
    ).catch(() => undefined);
  }
}

/** Resolves with the last of them. */
async function take(channel: Channel, queue: string, count: number, look: (message: Message) => void) {
  await channel.prefetch(count);
  let left = count;
  await new Promise<void>((resolve, reject) => {
    channel.once('close', () => reject(new Error(`The channel to ${queue} closed`)));
    const onMessage = (message: Message | null) => {
      if (!message) return reject(new Error(`${queue} was deleted`));
      look(message);
      left -= 1;
      if (left === 0) resolve();
    };
    channel.consume(queue, onMessage, { consumerTag: CONSUMER }).catch(reject);
  });
}

/** Resolves when the messages are back, so that whoever looks next sees all of them. */
async function returned(connection: ChannelModel, queue: string, total: number): Promise<void> {
  const channel = await withDeadline(connection.createChannel(), LOOK_MS, queue);
  channel.on('error', () => undefined);
  const end = performance.now() + RETURN_MS;
  while ((await withDeadline(channel.checkQueue(queue), LOOK_MS, queue)).messageCount < total) {
    if (performance.now() > end) break;
    await wait(10);
  }
  await withDeadline(channel.close(), LOOK_MS, queue);
}
