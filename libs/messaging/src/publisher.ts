import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { ConfirmChannel, Message } from 'amqplib';
import { Counter, Histogram } from 'prom-client';
import { Broker } from './broker';
import { ResilientChannel } from './resilient-channel';
import { declareExchange } from './topology/declare';

export interface OutgoingMessage {
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
 * - `unknown`: not confirmed in time, or the channel was lost: it may arrive or not.
 */
export type PublishOutcome = 'confirmed' | 'returned' | 'unknown';

const CONFIRM_TIMEOUT_MS = 5_000;
/** Messages awaiting their confirm at any time: bounds memory, and a window of some hundreds is 15 times one by one. */
const WINDOW = 500;

const published = new Counter({
  name: 'messages_published_total',
  help: 'Messages published to RabbitMQ, by routing key and outcome',
  labelNames: ['routing_key', 'outcome'],
});
const confirmSeconds = new Histogram({
  name: 'message_confirm_duration_seconds',
  help: 'Time from publishing a message to its confirm',
  buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
});

/** Publishes persistent, mandatory, confirmed messages, many in flight. Never buffers for a broker that is away. */
@Injectable()
export class Publisher implements OnApplicationShutdown {
  private readonly channel: ResilientChannel;
  private readonly pending = new Map<string, (outcome: PublishOutcome) => void>();
  private readonly returned = new Set<string>();
  private readonly waiting: (() => void)[] = [];
  private sequence = 0;

  constructor(broker: Broker) {
    this.channel = new ResilientChannel(broker.connection, 'publisher', (channel) => this.prepare(channel));
  }

  get connected(): boolean {
    return this.channel.current !== undefined;
  }

  /** Never rejects: what did not work is in the outcome. */
  async publish(message: OutgoingMessage): Promise<PublishOutcome> {
    while (this.pending.size >= WINDOW) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const outcome = await this.send(message);
    published.inc({ routing_key: message.routingKey, outcome });
    return outcome;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.channel.close();
    this.abandon();
  }

  private send({ exchange, routingKey, messageId, body, headers }: OutgoingMessage): Promise<PublishOutcome> {
    const channel = this.channel.current;
    if (!channel) return Promise.resolve('unknown');
    const correlationId = String(++this.sequence);
    return new Promise<PublishOutcome>((resolve) => {
      const stop = confirmSeconds.startTimer();
      const timer = setTimeout(() => settle('unknown'), CONFIRM_TIMEOUT_MS);
      const settle = (outcome: PublishOutcome) => {
        if (!this.pending.delete(correlationId)) return;
        clearTimeout(timer);
        this.returned.delete(correlationId);
        if (outcome === 'confirmed') stop();
        this.waiting.shift()?.();
        resolve(outcome);
      };
      this.pending.set(correlationId, settle);
      const options = { persistent: true, mandatory: true, contentType: 'application/json' };
      try {
        channel.publish(exchange, routingKey, body, { ...options, messageId, correlationId, headers }, (error) => {
          if (error) settle('unknown');
          else settle(this.returned.has(correlationId) ? 'returned' : 'confirmed');
        });
      } catch {
        // The channel closed between our look at it and the write.
        settle('unknown');
      }
    });
  }

  private async prepare(channel: ConfirmChannel): Promise<void> {
    // The broker sends basic.return before the confirm of the same message.
    channel.on('return', ({ properties }: Message) => this.returned.add(String(properties.correlationId)));
    channel.once('close', () => this.abandon());
    await declareExchange(channel);
  }

  private abandon(): void {
    for (const settle of [...this.pending.values()]) settle('unknown');
  }
}
