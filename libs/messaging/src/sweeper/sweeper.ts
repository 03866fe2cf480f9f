import { randomUUID } from 'node:crypto';
import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import { JobRunner } from '@convene/jobs/job-runner';
import { logger } from '@convene/observability/logger';
import { ReactionRegistrar } from '../consumer/reaction-registrar';
import { ReactionWaitStore, RETURN_S } from '../consumer/reaction-wait-store';
import { toMessage } from '../outbox/outbox-message';
import { Publisher } from '../publisher';
import { addressOf, type QueueName } from '../topology/queues';
import { retryDelays } from '../topology/retry-levels';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker-options';
import { QueueWatch } from './queue-watch';
import { SweepStore } from './sweep-store';

/** Slowly: a sweep must never be a flood. */
const BATCH = 100;

const swept = new Counter({
  name: 'swept_events_total',
  help: 'Events put back on a queue because a reaction of theirs was missing',
  labelNames: ['queue'],
});

/**
 * Each worker sweeps for itself: events of its families that lack a ledger row for one of its reactions go back to its
 * own queue. This is what makes "deleting every queue loses nothing" true. One sweep job per queue, under a lease.
 */
@Injectable()
export class Sweeper implements OnModuleInit {
  /** More messages waited in retry levels than were recorded, from `since` to `seenAt`; undefined while that is not so. */
  private unrecorded: { readonly since: number; readonly seenAt: number } | undefined;

  constructor(
    private readonly store: SweepStore,
    private readonly publisher: Publisher,
    private readonly waits: ReactionWaitStore,
    private readonly watch: QueueWatch,
    private readonly registrar: ReactionRegistrar,
    private readonly runner: JobRunner,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
  ) {}

  /** One job per queue: of any number of instances one at a time sweeps. */
  onModuleInit(): void {
    const { queues, sweep } = this.options;
    // A counter that is born with its first event shows no increase.
    for (const queue of queues) swept.inc({ queue }, 0);
    const jobs = queues.map((queue) => ({
      name: `sweep ${queue}`,
      everyMs: sweep.everyMs,
      run: async () => void (await this.sweep(queue)),
    }));
    this.runner.add(jobs);
  }

  /** @returns how many events went back to the queue. */
  async sweep(queue: QueueName, ageMs: number = this.options.sweep.ageMs): Promise<number> {
    // A backlog is the likelier reason for what is missing, and it is already on its way.
    if (!this.registrar.registered || (await this.watch.depth(queue)) > 0) return 0;
    const missing = await this.store.missing(queue, ageMs, BATCH);
    if (missing.length === 0 || (await this.waitsUnrecorded())) return 0;
    const chain = `sweep ${randomUUID()}`;
    const outcomes = await Promise.all(
      missing.map((row) => this.publisher.publish(toMessage(row, addressOf(queue), chain))),
    );
    const sent = missing.filter((_, index) => outcomes[index] === 'confirmed').map((row) => row.id);
    if (sent.length > 0) {
      await this.store.recordAttempts(queue, sent);
      swept.inc({ queue }, sent.length);
      logger.warn({ queue, events: sent.length }, 'Events lacked a reaction: they are on the queue again');
    }
    return sent.length;
  }

  /**
   * What waits in a retry level is on its way. While PostgreSQL is away nothing records that it is, and levels do not tell
   * whose messages they hold. So sweeps pause for as long as such a message may wait, and no longer: transient reactions are
   * never recorded, and those that wait for Redis must not stop the sweeps of every queue. Nor must those whose queue is gone.
   */
  private async waitsUnrecorded(): Promise<boolean> {
    const [parked, recorded] = await Promise.all([this.watch.parked(), this.waits.count()]);
    const now = performance.now();
    const longest = Math.max(...retryDelays(this.options.retry)) + RETURN_S * 1_000;
    const before = this.unrecorded;
    const goesOn = before && now - before.seenAt < Math.max(longest, 2 * this.options.sweep.everyMs);
    this.unrecorded = parked > recorded ? { since: goesOn ? before.since : now, seenAt: now } : undefined;
    return this.unrecorded !== undefined && now - this.unrecorded.since < longest;
  }
}
