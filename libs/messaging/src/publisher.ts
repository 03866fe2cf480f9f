import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Channel, ConfirmChannel, Message } from 'amqplib';
import { Histogram } from 'prom-client';
import { CATALOGUE } from '@convene/contracts/catalogue';
import { GatheredCounter } from '@convene/observability/gathered-counter';
import { Broker } from './broker';
import type { ResilientChannel } from './resilient-channel';
import { declareExchanges, declareQueues, declareRetryLevels } from './topology/declare';
import { EXCHANGE } from './topology/queues';
import { WORKER_OPTIONS, type WorkerOptions } from './worker-options';

export interface BrokerMessage {
  /** '' is the default exchange, whose routing key is a queue's name. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  readonly body: Buffer;
  readonly headers: Record<string, unknown>;
}

/**
 * - `confirmed`: the broker has it on a quorum of disks, in at least one queue.
 * - `returned`: no queue wanted it.
 * - `unknown`: not confirmed in time, refused, or the channel was lost: it may arrive or not.
 */
export type PublishOutcome = 'confirmed' | 'returned' | 'unknown';

const CONFIRM_TIMEOUT_MS = 5_000;
/** Messages awaiting their confirm at any time: bounds memory, and a window of some hundreds is 15 times one by one. */
const WINDOW = 500;
/** How often queues that are missing are declared again, at most. */
const DECLARE_EVERY_MS = 2_000;

const published = new GatheredCounter({
  name: 'messages_published_total',
  help: 'Messages published to RabbitMQ, by exchange, routing key and outcome; exchange "retries" is a message that waits for another attempt',
  labelNames: ['exchange', 'routing_key', 'outcome'],
});
const confirmSeconds = new Histogram({
  name: 'message_confirm_duration_seconds',
  help: 'Time from publishing a message to its confirm',
  buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
});

/** A process with a relay may publish any event: the series are there before the first one of a kind. */
export function announceEvents(): void {
  for (const { type } of CATALOGUE) published.inc({ exchange: EXCHANGE, routing_key: type, outcome: 'confirmed' }, 0);
}

interface Pending {
  readonly correlationId: string;
  readonly channel: ConfirmChannel;
  readonly resolve: (outcome: PublishOutcome) => void;
  /** By `performance.now()`. */
  readonly sentAt: number;
  /** The broker has sent it back, and confirms it next. */
  returned: boolean;
}

/** Publishes persistent, mandatory, confirmed messages, many in flight. Never buffers for a broker that is away. */
@Injectable()
export class Publisher {
  private readonly channel: ResilientChannel;
  /** Declares the queues. A channel of its own: a queue that cannot be declared must not stop what can be published. */
  private readonly topology: ResilientChannel | undefined;
  /** By correlation id, the oldest first. */
  private readonly pending = new Map<string, Pending>();
  private readonly waiting: (() => void)[] = [];
  /** One for all: it waits for the oldest. */
  private deadline: NodeJS.Timeout | undefined;
  private sequence = 0;
  private declaredAt = 0;

  constructor(
    private readonly broker: Broker,
    /** In a worker: its retry levels are declared too. */
    @Optional() @Inject(WORKER_OPTIONS) private readonly worker?: WorkerOptions,
  ) {
    this.channel = broker.channel('publisher', (channel) => this.prepare(channel));
    if (broker.declares) this.topology = broker.channel('topology', (channel) => this.declare(channel));
  }

  get connected(): boolean {
    return this.channel.current !== undefined;
  }

  /** Messages whose confirm is awaited. */
  get inFlight(): number {
    return this.pending.size;
  }

  /** Never rejects: what did not work is in the outcome. */
  async publish(message: BrokerMessage): Promise<PublishOutcome> {
    while (this.pending.size >= WINDOW) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const outcome = await this.send(message);
    // Here and not where a confirm arrives: without a channel there is none, and those that wait must hear that, too.
    this.waiting.shift()?.();
    published.inc({ exchange: message.exchange, routing_key: message.routingKey, outcome });
    if (outcome === 'returned') this.declareAgain();
    return outcome;
  }

  private send({ exchange, routingKey, messageId, body, headers }: BrokerMessage): Promise<PublishOutcome> {
    const channel = this.channel.current;
    if (!channel) return Promise.resolve('unknown');
    const correlationId = String(++this.sequence);
    return new Promise<PublishOutcome>((resolve) => {
      const entry: Pending = { correlationId, channel, resolve, sentAt: performance.now(), returned: false };
      this.pending.set(correlationId, entry);
      this.deadline ??= setTimeout(() => this.giveUp(), CONFIRM_TIMEOUT_MS);
      const options = { persistent: true, mandatory: true, contentType: 'application/json' };
      try {
        channel.publish(exchange, routingKey, body, { ...options, messageId, correlationId, headers }, (error) => {
          this.settle(entry, error ? 'unknown' : entry.returned ? 'returned' : 'confirmed');
        });
      } catch {
        // The channel closed between our look at it and the write.
        this.settle(entry, 'unknown');
      }
    });
  }

  private settle(entry: Pending, outcome: PublishOutcome): void {
    if (!this.pending.delete(entry.correlationId)) return;
    if (outcome === 'confirmed') confirmSeconds.observe((performance.now() - entry.sentAt) / 1_000);
    entry.resolve(outcome);
    if (this.pending.size > 0) return;
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  /** Settles those that have waited for too long. */
  private giveUp(): void {
    this.deadline = undefined;
    for (const entry of this.pending.values()) {
      const leftMs = entry.sentAt + CONFIRM_TIMEOUT_MS - performance.now();
      if (leftMs > 0) {
        this.deadline = setTimeout(() => this.giveUp(), leftMs);
        return;
      }
      this.settle(entry, 'unknown');
    }
  }

  private async prepare(channel: ConfirmChannel): Promise<void> {
    // The broker sends basic.return before the confirm of the same message. One that arrives after our time-out is ignored.
    channel.on('return', ({ properties }: Message) => {
      const entry = this.pending.get(String(properties.correlationId));
      if (entry) entry.returned = true;
    });
    channel.once('close', () => this.abandon((entry) => entry.channel === channel));
    if (this.broker.declares) await declareExchanges(channel);
  }

  /** A message was unroutable: a queue was deleted or unbound, and its consumer may not know. */
  private declareAgain(): void {
    const channel = this.topology?.current;
    if (!channel || Date.now() - this.declaredAt < DECLARE_EVERY_MS) return;
    this.declaredAt = Date.now();
    this.declare(channel).catch(() => this.topology?.reopen('the queues could not be declared', channel));
  }

  private async declare(channel: Channel): Promise<void> {
    await declareQueues(channel);
    if (this.worker) await declareRetryLevels(channel, this.worker.retry);
  }

  private abandon(whose: (entry: Pending) => boolean): void {
    for (const entry of [...this.pending.values()].filter(whose)) this.settle(entry, 'unknown');
  }
}
