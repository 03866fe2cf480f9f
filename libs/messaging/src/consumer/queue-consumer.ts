import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { Gauge } from 'prom-client';
import { withDeadline } from '@convene/observability/deadline';
import type { InfrastructureCause } from '@convene/observability/infrastructure';
import { logger, reasonOf } from '@convene/observability/logger';
import type { Broker } from '../broker';
import type { ResilientChannel } from '../resilient-channel';
import { declareQueue } from '../topology/declare';
import type { QueueName } from '../topology/queues';
import type { RetryPolicy } from '../topology/retry-levels';
import type { InfrastructureBreaker } from './infrastructure-breaker';
import { MessagesInWork } from './messages-in-work';

export interface QueueConsumerOptions {
  readonly queue: QueueName;
  /** Messages in work at a time. */
  readonly prefetch: number;
  readonly policy: RetryPolicy;
  /** While it is open, one message at a time is taken, to find out whether that is still so. */
  readonly breaker: InfrastructureBreaker;
  /** Resolves when the message is over (done, or safe in another queue); rejects when it must be tried again. */
  readonly process: (message: ConsumeMessage) => Promise<void>;
}

/** Longest the work in hand may take when closing; Kubernetes kills after 30 s. */
const DRAIN_MS = 20_000;
/** A broker that does not confirm the end of the subscription; messages that still arrive go back with the channel. */
const CANCEL_TIMEOUT_MS = 2_000;
/** Pauses between the messages that are tried while everything fails. */
const FIRST_PROBE_MS = 500;
const MAX_PROBE_MS = 5_000;

const pausedGauge = new Gauge({
  name: 'consumer_paused',
  help: '1 while a queue is not consumed because everything fails for reasons of infrastructure',
  labelNames: ['queue'],
});

/** Consumes one queue: declares it unless that is done for it, keeps consuming through everything a broker does, and drains when closed. */
export class QueueConsumer {
  private readonly channel: ResilientChannel;
  private readonly messages: MessagesInWork;
  private subscription: { channel: ConfirmChannel; tag: string } | undefined;
  /** Subscribing and cancelling take turns. */
  private turn: Promise<void> = Promise.resolve();
  private probe: NodeJS.Timeout | undefined;
  private deliveries = 0;
  private closing = false;

  constructor(
    private readonly broker: Broker,
    private readonly options: QueueConsumerOptions,
  ) {
    const { queue, process, breaker } = options;
    const isLive = (channel: ConfirmChannel) => this.channel.current === channel;
    this.messages = new MessagesInWork({ queue, process, isLive });
    breaker.onChange(() => this.onBreaker());
    this.channel = broker.channel(`consumer ${queue}`, (channel) => this.prepare(channel));
    pausedGauge.set({ queue }, 0);
  }

  get queue(): QueueName {
    return this.options.queue;
  }

  get consuming(): boolean {
    return this.subscription !== undefined && this.subscription.channel === this.channel.current;
  }

  /** Why it does not consume for the time being, if that is on purpose. */
  get pausedFor(): InfrastructureCause | undefined {
    return this.options.breaker.cause;
  }

  /** Messages delivered so far, and in work now: whether it gets any. */
  get activity(): { delivered: number; inWork: number } {
    return { delivered: this.deliveries, inWork: this.messages.size };
  }

  /** Something outside saw that the broker knows no consumer of ours. */
  restart(reason: string): void {
    this.channel.reopen(reason);
  }

  /** Takes no more, finishes what is in work, then closes: in this order, or handlers start after their channel ended. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.probe);
    await withDeadline(this.follow(), CANCEL_TIMEOUT_MS).catch(() => undefined);
    await this.messages.drain(DRAIN_MS);
    await this.channel.close();
  }

  private async prepare(channel: ConfirmChannel): Promise<void> {
    const { queue, prefetch, policy } = this.options;
    if (this.broker.declares) await declareQueue(channel, queue, policy);
    await channel.prefetch(prefetch, false);
    if (this.wanted) await this.subscribe(channel);
    // The breaker may have changed while there was no channel.
    setImmediate(() => void this.follow());
  }

  private get wanted(): boolean {
    return !this.closing && this.options.breaker.cause === undefined;
  }

  private async subscribe(channel: ConfirmChannel): Promise<void> {
    const { consumerTag } = await channel.consume(this.queue, (message) => {
      if (!message) {
        this.channel.reopen('the broker cancelled the consumer: was the queue deleted?', channel);
        return;
      }
      this.deliveries++;
      void this.messages.take(channel, message);
    });
    this.subscription = { channel, tag: consumerTag };
  }

  /** Subscribes or cancels, as is wanted now. */
  private follow(): Promise<void> {
    this.turn = this.turn.then(async () => {
      const channel = this.channel.current;
      if (!channel || this.wanted === this.consuming) return;
      try {
        if (this.wanted) await this.subscribe(channel);
        else await this.unsubscribe(channel);
      } catch (error) {
        this.channel.reopen(`its consumer could not be changed: ${reasonOf(error)}`, channel);
      }
    });
    return this.turn;
  }

  private async unsubscribe(channel: ConfirmChannel): Promise<void> {
    const tag = this.subscription?.tag;
    this.subscription = undefined;
    if (tag !== undefined) await channel.cancel(tag);
  }

  private onBreaker(): void {
    const { queue, breaker } = this.options;
    const { cause } = breaker;
    pausedGauge.set({ queue }, cause === undefined ? 0 : 1);
    clearTimeout(this.probe);
    if (cause === undefined) logger.info({ queue }, 'Consuming again');
    else
      logger.error(
        { queue, cause },
        'Everything fails for reasons of infrastructure: not consuming until it is mended',
      );
    if (cause !== undefined) this.probeAfter(FIRST_PROBE_MS);
    void this.follow();
  }

  /** While paused: one message, to see whether it succeeds. If it does, the breaker closes. */
  private probeAfter(pauseMs: number): void {
    this.probe = setTimeout(() => {
      void this.takeOne().finally(() => {
        if (this.wanted || this.closing) return;
        this.probeAfter(Math.min(pauseMs * 2, MAX_PROBE_MS));
      });
    }, pauseMs);
  }

  private async takeOne(): Promise<void> {
    const channel = this.channel.current;
    const message = await channel?.get(this.queue).catch(() => false as const);
    if (!channel || !message) return;
    this.deliveries++;
    // A message from `get` lacks only the tag of a consumer.
    await this.messages.take(channel, message as unknown as ConsumeMessage);
  }
}
