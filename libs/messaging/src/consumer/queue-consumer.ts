import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { logger } from '@convene/observability/logger';
import { ResilientChannel } from '../resilient-channel';
import { declareQueue } from '../topology/declare';
import type { QueueName } from '../topology/queues';
import type { RetryPolicy } from '../topology/retry-levels';

export interface QueueConsumerOptions {
  readonly queue: QueueName;
  /** Messages in work at a time. */
  readonly prefetch: number;
  readonly policy: RetryPolicy;
  /** Resolves when the message is over (done, or safe in another queue); rejects when it must be tried again. */
  readonly process: (message: ConsumeMessage) => Promise<void>;
}

/** Longest the work in hand may take when closing; Kubernetes kills after 30 s. */
const DRAIN_MS = 20_000;
/** A message that could not even be parked: the broker is in trouble, so it does not come back at once. */
const REQUEUE_AFTER_MS = 1_000;

/** Consumes one queue: declares it, keeps consuming through everything a broker does, and drains when closed. */
export class QueueConsumer {
  private readonly channel: ResilientChannel;
  private readonly inWork = new Set<Promise<void>>();
  private consumerTag: string | undefined;
  private closing = false;

  constructor(
    connection: AmqpConnectionManager,
    private readonly options: QueueConsumerOptions,
  ) {
    this.channel = new ResilientChannel(connection, `consumer ${options.queue}`, (channel) => this.consume(channel));
  }

  get queue(): QueueName {
    return this.options.queue;
  }

  get consuming(): boolean {
    return this.channel.current !== undefined && this.consumerTag !== undefined;
  }

  /** Something outside saw that the broker knows no consumer of ours. */
  restart(reason: string): void {
    this.channel.reopen(reason);
  }

  /** Takes no more, finishes what is in work, then closes: in this order, or handlers start after their channel ended. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.consumerTag) await this.channel.current?.cancel(this.consumerTag).catch(() => undefined);
    this.consumerTag = undefined;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => (timer = setTimeout(resolve, DRAIN_MS)));
    await Promise.race([Promise.allSettled([...this.inWork]), deadline]);
    clearTimeout(timer);
    await this.channel.close();
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    const { queue, prefetch, policy } = this.options;
    this.consumerTag = undefined;
    if (this.closing) return;
    await declareQueue(channel, queue, policy);
    await channel.prefetch(prefetch, false);
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message) this.track(this.work(channel, message));
      else this.channel.reopen('the broker cancelled the consumer: was the queue deleted?');
    });
    this.consumerTag = consumerTag;
  }

  private track(work: Promise<void>): void {
    this.inWork.add(work);
    void work.finally(() => this.inWork.delete(work));
  }

  private async work(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    try {
      await this.options.process(message);
      settle(() => channel.ack(message));
    } catch (error) {
      logger.error({ err: error, queue: this.queue }, 'A message could not be handled nor parked; it is tried again');
      await new Promise((resolve) => setTimeout(resolve, REQUEUE_AFTER_MS));
      settle(() => channel.nack(message, false, true));
    }
  }
}

/** On a channel that is gone there is nothing to settle: the broker delivers the message again. */
function settle(action: () => void): void {
  try {
    action();
  } catch (error) {
    logger.debug({ err: error }, 'A message could not be settled: its channel is gone');
  }
}
