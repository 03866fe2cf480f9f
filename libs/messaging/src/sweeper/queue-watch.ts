import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Broker } from '../broker';
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

  /** Messages ready in the queue; Infinity while the broker does not say. */
  async depth(queue: QueueName): Promise<number> {
    const state = await this.channel.current?.checkQueue(queue).catch(() => undefined);
    return state?.messageCount ?? Infinity;
  }

  private async look(): Promise<void> {
    for (const queue of this.options.queues) {
      const state = await this.channel.current?.checkQueue(queue).catch(() => undefined);
      if (!state) continue;
      depth.set({ queue }, state.messageCount);
      if (state.consumerCount === 0) this.restart(queue);
      const letters = await this.channel.current?.checkQueue(deadLetterQueueOf(queue)).catch(() => undefined);
      if (letters) dead.set({ queue }, letters.messageCount);
    }
  }

  /** Connected, a channel open, and yet the broker has no consumer: it happened (field notes), so it is looked for. */
  private restart(queue: QueueName): void {
    const consumer = this.transport.queueConsumers.find((candidate) => candidate.queue === queue);
    if (consumer?.consuming) consumer.restart('the broker knows no consumer of this queue');
  }
}
