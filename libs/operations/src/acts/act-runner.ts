import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { LeaseKeeper } from '@convene/jobs/lease-keeper';
import { Waker } from '@convene/messaging/outbox/waker';
import { logger, reasonOf } from '@convene/observability/logger';
import { DeadLetterCopies } from '../dead-letters/dead-letter-copies';
import { ActStore, type BatchAct } from './act-store';
import { ReplayStep } from './replay-step';

/** How long a process that was killed keeps the others from its act. */
const LEASE_MS = 15_000;
/** How often it looks for acts of processes that died. An act that begins here wakes it. */
const POLL_MS = 5_000;
/** Between two steps of an act. */
const STEP_MS = 200;
const AFTER_FAILURE_MS = 1_000;

/** Works through acts on many, each in one process at a time, of any number. What one leaves behind, another finishes. */
@Injectable()
export class ActRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly waker = new Waker();
  private readonly stopping = new AbortController();
  private readonly acts = new Set<Promise<void>>();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly store: ActStore,
    private readonly step: ReplayStep,
    private readonly copies: DeadLetterCopies,
  ) {}

  /** An act was begun or resumed. */
  wake(): void {
    this.waker.wake();
  }

  onApplicationBootstrap(): void {
    this.loop = this.look();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort(new Error('the process is stopping'));
    this.waker.wake();
    await this.loop;
    await Promise.all(this.acts);
  }

  private async look(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const [owner, claimedAt] = [`${hostname()}:${process.pid}:${randomUUID()}`, performance.now()];
      try {
        const act = await this.store.claim(owner, LEASE_MS);
        if (act) {
          const run = this.run(act, owner, claimedAt).finally(() => this.acts.delete(run));
          this.acts.add(run);
          continue;
        }
      } catch (error) {
        logger.warn({ reason: reasonOf(error) }, 'The acts of operators could not be checked; retrying');
      }
      await this.waker.sleep(POLL_MS * (0.75 + Math.random() / 2));
    }
  }

  private async run(act: BatchAct, owner: string, claimedAt: number): Promise<void> {
    const lease = new LeaseKeeper(() => this.store.renew(act.id, owner, LEASE_MS), LEASE_MS, claimedAt);
    const signal = AbortSignal.any([this.stopping.signal, lease.lost]);
    await this.repeat(act, signal, () => this.store.recount(act.id).then(() => undefined));
    await this.repeat(act, signal, () => this.advance(act));
    if (!signal.aborted) await this.dropCopies(act);
    await this.repeat(act, signal, () => this.finish(act));
    lease.stop();
    await this.store.release(act.id, owner).catch(() => undefined);
  }

  /** @param step returns when the next one is due; undefined when nothing is left to do. */
  private async repeat(act: BatchAct, signal: AbortSignal, step: () => Promise<number | undefined>): Promise<void> {
    let pauseMs: number | undefined = 0;
    while (pauseMs !== undefined && !signal.aborted) {
      pauseMs = await step().catch((error: unknown) => {
        logger.warn({ actId: act.id, reason: reasonOf(error) }, 'A step of an act failed; it goes on');
        return AFTER_FAILURE_MS;
      });
      if (pauseMs !== undefined) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async advance(act: BatchAct): Promise<number | undefined> {
    const batch = Math.max(1, Math.round((act.rate * STEP_MS) / 1000));
    const taken = await this.step.take(act, batch);
    await this.step.send(act);
    await this.step.settle(act);
    const { isRunning, planned, open } = await this.store.left(act.id);
    if (open === 0 && !(isRunning && planned > 0)) return undefined;
    return taken > 0 ? (batch * 1000) / act.rate : STEP_MS;
  }

  /** Once, whatever comes of it: copies decide nothing, and the next act goes through them again. */
  private async dropCopies({ id }: BatchAct): Promise<void> {
    await this.copies.dropSettled().catch((error: unknown) => {
      logger.warn(
        { actId: id, reason: reasonOf(error) },
        'The copies of an act were not removed; the next act does it',
      );
    });
  }

  /** Not an act that was aborted with reactions left: its copies were removed, and it stays aborted. */
  private async finish({ id }: BatchAct): Promise<undefined> {
    const { isRunning, planned } = await this.store.left(id);
    if (isRunning && planned === 0) await this.store.finish(id, await this.store.impossible(id));
    return undefined;
  }
}
