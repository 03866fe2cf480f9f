import type { ConfirmChannel, Message } from 'amqplib';
import { logger } from '@convene/observability/logger';

/**
 * Acknowledges what one channel delivered, in few frames: what is settled within one turn of the event loop and has nothing
 * unsettled before it is one `basic.ack` with `multiple`, and one entry in the log of a quorum queue. Nothing waits for more.
 *
 * Delivery tags of a channel are 1, 2, 3, … Example: 1, 2 and 4 are settled and 3 is in work. `ack(2, multiple)` covers the
 * first two; 4 is acknowledged alone, because `ack(4, multiple)` would cover 3, and waiting for 3 would hold back a
 * message of the prefetch window.
 */
export class Acknowledgements {
  /** The lowest delivery tag that is not settled. */
  private lowest = 1;
  /** Settled tags above it: to be acknowledged, or not (acknowledged alone, or given back). */
  private readonly settled = new Map<number, boolean>();
  private flushing: NodeJS.Immediate | undefined;

  constructor(readonly channel: ConfirmChannel) {}

  ack({ fields: { deliveryTag } }: Message): void {
    this.settled.set(deliveryTag, true);
    this.flushing ??= setImmediate(() => this.flush());
  }

  /** Gives a message back to its queue, at once. */
  nack(message: Message): void {
    this.settled.set(message.fields.deliveryTag, false);
    this.send(() => this.channel.nack(message, false, true));
  }

  /** Sends what is pending. To be called before the channel is closed. */
  flush(): void {
    clearImmediate(this.flushing);
    this.flushing = undefined;
    this.ackPrefix();
    for (const [tag, pending] of this.settled) if (pending) this.ackAlone(tag);
  }

  private ackPrefix(): void {
    let last = 0;
    let count = 0;
    for (let pending = this.settled.get(this.lowest); pending !== undefined; pending = this.settled.get(this.lowest)) {
      if (pending) {
        last = this.lowest;
        count++;
      }
      this.settled.delete(this.lowest++);
    }
    // The broker refuses a tag that it has no message for, so it is the last one that is pending.
    if (count > 0) this.send(() => this.channel.ack(messageOf(last), count > 1));
  }

  private ackAlone(tag: number): void {
    this.settled.set(tag, false);
    this.send(() => this.channel.ack(messageOf(tag)));
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
