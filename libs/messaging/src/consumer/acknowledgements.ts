import type { ConfirmChannel, Message } from 'amqplib';
import { logger } from '@convene/observability/logger';

/**
 * Acknowledges what one channel delivered, in few frames: what is done within one turn of the event loop and has nothing in
 * work before it is one `basic.ack` with `multiple`, and one entry in the log of a quorum queue. Nothing waits for more.
 *
 * Delivery tags of a channel are 1, 2, 3, … Example: 1, 2 and 4 are done and 3 is in work. `ack(2, multiple)` covers the
 * first two; 4 is acknowledged alone, because `ack(4, multiple)` would cover 3, and waiting for 3 would hold back a
 * message of the prefetch window.
 */
export class Acknowledgements {
  /** Delivery tags in the order of delivery, which is their own; no more than the prefetch window. */
  private readonly inWork = new Set<number>();
  private done: number[] = [];
  private flushing: NodeJS.Immediate | undefined;

  constructor(readonly channel: ConfirmChannel) {}

  /** To be called for each message in the turn of its delivery: a `multiple` would cover one that is not known here. */
  begin({ fields: { deliveryTag } }: Message): void {
    this.inWork.add(deliveryTag);
  }

  ack({ fields: { deliveryTag } }: Message): void {
    this.inWork.delete(deliveryTag);
    this.done.push(deliveryTag);
    this.flushing ??= setImmediate(() => this.flush());
  }

  /** Gives a message back to its queue, at once. */
  nack(message: Message): void {
    this.inWork.delete(message.fields.deliveryTag);
    this.send(() => this.channel.nack(message, false, true));
  }

  /** Sends what is pending. To be called before the channel is closed. */
  flush(): void {
    clearImmediate(this.flushing);
    this.flushing = undefined;
    const done = this.done.sort((a, b) => a - b);
    this.done = [];
    const [firstInWork = Infinity] = this.inWork;
    const together = done.filter((tag) => tag < firstInWork);
    const last = together.at(-1);
    if (last !== undefined) this.send(() => this.channel.ack(messageOf(last), together.length > 1));
    for (const tag of done.slice(together.length)) this.send(() => this.channel.ack(messageOf(tag)));
  }

  /** On a closed channel nothing is settled: the broker delivers the message again. */
  private send(action: () => void): void {
    try {
      action();
    } catch (error) {
      logger.debug({ err: error }, 'A message could not be settled: its channel is closed');
    }
  }
}

/** All that amqplib reads of a message. Keeping the message itself would keep its body. */
const messageOf = (deliveryTag: number) => ({ fields: { deliveryTag } }) as Message;
