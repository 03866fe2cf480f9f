import { setTimeout as pause } from 'node:timers/promises';
import amqplib from 'amqplib';
import { queueOf } from '@convene/messaging/topology/queues';
import type { Undo } from '../../dev/terminal';

const QUEUE = queueOf('invites.created');
const LOOK_EVERY_MS = 20;
const QUEUE_TIMEOUT_MS = 120_000;
/** Of each message beyond that, on a machine that does much else. */
const MESSAGE_TIMEOUT_MS = 2;

/** The queue that all sides publish to, through the exchange. Nothing consumes from it. */
export class MeasuredQueue {
  private constructor(private readonly channel: amqplib.Channel) {}

  static async open(rabbitmqUrl: string, undo: Undo): Promise<MeasuredQueue> {
    const connection = await amqplib.connect(rabbitmqUrl);
    undo.push(() => connection.close());
    return new MeasuredQueue(await connection.createChannel());
  }

  /** Waits for `count` messages. @returns how many came per second once the first had come. */
  async receive(count: number): Promise<number> {
    const deadline = performance.now() + QUEUE_TIMEOUT_MS + count * MESSAGE_TIMEOUT_MS;
    let first: { at: number; count: number } | undefined;
    while (performance.now() < deadline) {
      const { messageCount } = await this.channel.checkQueue(QUEUE);
      const now = performance.now();
      if (messageCount >= count) return ((messageCount - (first?.count ?? 0)) * 1_000) / (now - (first?.at ?? now));
      if (messageCount > 0) first ??= { at: now, count: messageCount };
      await pause(LOOK_EVERY_MS);
    }
    throw new Error(`${QUEUE} has not received ${count} messages`);
  }

  /** Empties it. @returns its first message. @throws unless it held exactly `count` messages. */
  async clear(count: number): Promise<object> {
    const message = await this.channel.get(QUEUE, { noAck: true });
    const { messageCount } = await this.channel.purgeQueue(QUEUE);
    if (!message || messageCount !== count - 1)
      throw new Error(`${QUEUE} held ${messageCount + 1} messages, not ${count}`);
    return JSON.parse(message.content.toString()) as object;
  }
}
