import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import { runInTrace, startTrace } from '@convene/observability/trace';
import type { Job } from './job';
import { failures, lastSuccess } from './job-metrics';
import { LeaseKeeper } from './lease-keeper';
import { LeaseStore } from './lease-store';

export const JOB_RUNNER_OPTIONS = Symbol('JobRunnerOptions');

export interface JobRunnerOptions {
  /** How often, on average, an instance checks whether a job is due. */
  readonly pollMs: number;
  /** How long a crashed instance prevents the others from running its job. */
  readonly leaseMs: number;
}

export const DEFAULTS: JobRunnerOptions = { pollMs: 5_000, leaseMs: 30_000 };

/** A failed job runs again after this, or after its own interval if that is shorter. */
const RETRY_MS = 30_000;
/** How long a stopping process waits for a run to end after its signal was aborted. */
const STOP_TIMEOUT_MS = 10_000;

/** Runs jobs when they are due, each on one instance at a time. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly jobs: Job[] = [];
  private loops: Promise<void>[] = [];

  constructor(
    @Inject(JOB_RUNNER_OPTIONS) private readonly options: JobRunnerOptions,
    private readonly store: LeaseStore,
  ) {}

  /** Before the application has started: in a factory, a constructor or `onModuleInit`. */
  add(jobs: readonly Job[]): void {
    this.jobs.push(...jobs);
  }

  onApplicationBootstrap(): void {
    this.loops = this.jobs.map((job) => this.loop(job));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort(new Error('the process is stopping'));
    await Promise.race([Promise.all(this.loops), wait(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }

  private async loop(job: Job): Promise<void> {
    const { signal } = this.stopping;
    const pollMs = Math.min(this.options.pollMs, job.everyMs);
    let registered = false;
    while (!signal.aborted) {
      try {
        if (!registered) await this.store.register(job.name);
        registered = true;
        await this.runIfDue(job);
      } catch (error) {
        logger.warn({ job: job.name, reason: reasonOf(error) }, 'A job could not be checked; retrying');
      }
      // Jittered, so that instances do not all poll at once.
      await wait(pollMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  private async runIfDue(job: Job): Promise<void> {
    const { due, lastSuccessAt } = await this.store.look(job.name);
    if (lastSuccessAt) lastSuccess.set({ job: job.name }, lastSuccessAt.getTime() / 1000);
    if (!due || this.stopping.signal.aborted) return;

    const owner = `${hostname()}:${process.pid}:${randomUUID()}`;
    const claimedAt = performance.now();
    if (!(await this.store.claim(job.name, owner, this.options.leaseMs))) return;
    await runInTrace(startTrace(), () => this.run(job, owner, claimedAt));
  }

  private async run(job: Job, owner: string, claimedAt: number): Promise<void> {
    const { leaseMs } = this.options;
    const lease = new LeaseKeeper(() => this.store.renew(job.name, owner, leaseMs), leaseMs, claimedAt);
    const signal = AbortSignal.any([this.stopping.signal, lease.lost]);
    try {
      await job.run(signal);
      await this.store.succeed(job.name, owner, job.everyMs);
      lastSuccess.set({ job: job.name }, Date.now() / 1000);
      logger.debug({ job: job.name }, 'A job is done');
    } catch (error) {
      if (this.stopping.signal.aborted) return await this.store.release(job.name, owner);
      failures.inc({ job: job.name });
      logger.error({ job: job.name, err: error }, 'A job failed; it will run again');
      await this.store.fail(job.name, owner, Math.min(RETRY_MS, job.everyMs), reasonOf(error));
    } finally {
      lease.stop();
    }
  }
}
