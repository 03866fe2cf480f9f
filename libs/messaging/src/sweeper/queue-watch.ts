import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Replies } from 'amqplib';
import { Gauge } from 'prom-client';
import { Broker } from '../broker';
import type { QueueConsumer } from '../consumer/queue-consumer';
import { WorkerTransport } from '../consumer/worker-transport';
import { ResilientChannel } from '../resilient-channel';
import { deadLetterQueueOf, QueueName } from '../topology/queues';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker-options';

const EVERY_MS = 10_000;

const depth = new Gauge({ name: 'queue_depth', help: 'Messages ready in a queue', labelNames: ['queue'] });
const dead = new Gauge({ name: 'dead_letter_depth', help: 'Messages in a dead-letter queue', labelNames: ['queue'] });

/**
 * Looks at a worker's queues as the broker sees them: depths for the operators, and whether somebody consumes. A channel
 * of its own, because asking for a queue that is gone closes the channel that asks.
 */
@Injectable()
export class QueueWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly channel: ResilientChannel;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    broker: Broker,
    private readonly transport: WorkerTransport,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
  ) {
    this.channel = new ResilientChannel(broker.connection, 'queue watch', () => Promise.resolve());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.channel.close();
  }

  /** Messages ready in the queue; Infinity while that cannot be told, as before it is declared for the first time. */
  async depth(queue: QueueName): Promise<number> {
    if (!this.consumerOf(queue)?.consuming) return Infinity;
    return (await this.ask(queue))?.messageCount ?? Infinity;
  }

  private async look(): Promise<void> {
    for (const queue of this.options.queues) {
      if (!this.consumerOf(queue)?.consuming) continue;
      const state = await this.ask(queue);
      if (!state) continue;
      depth.set({ queue }, state.messageCount);
      if (state.consumerCount === 0) this.restart(queue);
      const letters = await this.ask(deadLetterQueueOf(queue));
      if (letters) dead.set({ queue: deadLetterQueueOf(queue) }, letters.messageCount);
    }
  }

  private ask(queue: string): Promise<Replies.AssertQueue | undefined> {
    return this.channel.current?.checkQueue(queue).catch(() => undefined) ?? Promise.resolve(undefined);
  }

  private consumerOf(queue: QueueName): QueueConsumer | undefined {
    return this.transport.queueConsumers.find((consumer) => consumer.queue === queue);
  }

  /** Connected, a channel open, and yet the broker has no consumer: it happened (field notes), so it is looked for. */
  private restart(queue: QueueName): void {
    this.consumerOf(queue)?.restart('the broker knows no consumer of this queue');
  }
}
