import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import { FrameSubscriber } from '@convene/realtime/frames';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ENV, type Env } from '../env';
import { SnapshotBatcher } from '../inbox/snapshot-batcher';
import { comparisonDuration } from '../metrics';
import { InboxReconciler } from './inbox-reconciler';

/** Interval of checks whether Redis is reachable; without Redis, the interval of comparisons. */
const TICK_MS = 2_000;
const CHUNK = 100;

/**
 * Makes delivery independent of Redis: all inboxes of this node are compared with PostgreSQL at an interval, which finds
 * lost frames. During an outage of Redis this loop delivers everything.
 */
@Injectable()
export class ReconcileLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private dueAt = 0;
  private stopped = false;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly subscriber: FrameSubscriber,
    private readonly users: ConnectionRegistry,
    private readonly snapshots: SnapshotBatcher,
    private readonly reconciler: InboxReconciler,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriber.onRecovered(() => void this.compare());
    this.postpone();
    this.scheduleTick();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private scheduleTick(): void {
    if (this.stopped) return;
    const pause = Math.min(TICK_MS, this.env.WS_COMPARE_INTERVAL_MS);
    this.timer = setTimeout(() => void this.tick().finally(() => this.scheduleTick()), pause);
  }

  private async tick(): Promise<void> {
    if (Date.now() >= this.dueAt || !(await this.subscriber.alive())) await this.compare();
  }

  /** With jitter, so that a fleet that started together does not compare together. */
  private postpone(): void {
    this.dueAt = Date.now() + this.env.WS_COMPARE_INTERVAL_MS * (0.75 + Math.random() / 2);
  }

  /** One comparison at a time; a call during one starts another after it. */
  compare(): Promise<void> {
    this.running = (this.running ?? Promise.resolve()).then(() => this.compareAll());
    return this.running;
  }

  private async compareAll(): Promise<void> {
    this.postpone();
    const observe = comparisonDuration.startTimer();
    const users = this.users.all();
    try {
      for (let at = 0; at < users.length && !this.stopped; at += CHUNK) {
        await Promise.all(
          users
            .slice(at, at + CHUNK)
            .map(async (user) => this.reconciler.apply(user, await this.snapshots.read(user.id))),
        );
      }
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, 'Inboxes could not be compared with PostgreSQL; trying again soon');
    }
    observe();
  }
}
