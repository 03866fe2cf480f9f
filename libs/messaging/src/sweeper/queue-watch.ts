import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { HealthRegistry } from '@convene/observability/health';
import { Broker } from '../broker';
import { ConsumerWatch } from '../consumer/consumer-watch';
import { WorkerTransport } from '../consumer/worker-transport';
import { QueueProbe } from '../topology/queue-probe';
import { deadLetterQueueOf, QueueName } from '../topology/queues';
import { levelOf, retryDelays, UNROUTABLE_LEVEL } from '../topology/retry-levels';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker-options';

const EVERY_MS = 5_000;

const depth = new Gauge({ name: 'queue_depth', help: 'Messages ready in a queue', labelNames: ['queue'] });
const dead = new Gauge({ name: 'dead_letter_depth', help: 'Messages in a dead-letter queue', labelNames: ['queue'] });
const consumers = new Gauge({
  name: 'queue_consumers',
  help: 'Consumers of a queue as the broker counts them',
  labelNames: ['queue'],
});

/**
 * Looks at a worker's queues as the broker sees them: depths for the operators, and whether this worker consumes, which
 * decides its readiness.
 */
@Injectable()
export class QueueWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly probe: QueueProbe;
  private readonly watches = new Map<QueueName, ConsumerWatch>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  constructor(
    broker: Broker,
    private readonly transport: WorkerTransport,
    private readonly health: HealthRegistry,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
  ) {
    this.probe = new QueueProbe(broker, 'queue watch');
  }

  onApplicationBootstrap(): void {
    this.health.register({ name: 'consumers', critical: true, check: () => this.checkConsumers() });
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.probe.close();
  }

  /** Messages ready in the queue; Infinity while it is unknown, as before it is declared for the first time. */
  async depth(queue: QueueName): Promise<number> {
    if (!this.consumerOf(queue)?.consuming) return Infinity;
    return (await this.probe.ask(queue))?.messageCount ?? Infinity;
  }

  /** Messages of all queues in the retry levels, and those whose queue is gone; Infinity while it is unknown. */
  async parked(): Promise<number> {
    let total = 0;
    for (const level of [...retryDelays(this.options.retry).map(levelOf), UNROUTABLE_LEVEL]) {
      total += (await this.probe.ask(level))?.messageCount ?? Infinity;
    }
    return total;
  }

  /** Also done by itself, every few seconds. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    for (const queue of this.options.queues) await this.lookAt(queue);
    this.looking = false;
  }

  private async lookAt(queue: QueueName): Promise<void> {
    const consumer = this.consumerOf(queue);
    if (!consumer) return;
    const known = consumer.consuming || consumer.pausedFor !== undefined;
    const state = known ? await this.probe.ask(queue) : undefined;
    this.watchOf(queue)?.look(state ?? undefined);
    if (!state) return;
    depth.set({ queue }, state.messageCount);
    consumers.set({ queue }, state.consumerCount);
    const letters = await this.probe.ask(deadLetterQueueOf(queue));
    if (letters) dead.set({ queue: deadLetterQueueOf(queue) }, letters.messageCount);
  }

  private async checkConsumers(): Promise<void> {
    const faults = this.options.queues.map((queue) => {
      const watch = this.watchOf(queue);
      return watch ? watch.fault : `not consuming ${queue}`;
    });
    const present = faults.filter((fault) => fault !== undefined);
    if (present.length > 0) throw new Error(present.join('; '));
  }

  private consumerOf(queue: QueueName) {
    return this.transport.queueConsumers.find((consumer) => consumer.queue === queue);
  }

  private watchOf(queue: QueueName): ConsumerWatch | undefined {
    const consumer = this.consumerOf(queue);
    const watch = this.watches.get(queue) ?? (consumer && new ConsumerWatch(consumer));
    if (watch) this.watches.set(queue, watch);
    return watch;
  }
}
