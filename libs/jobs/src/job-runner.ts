import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import { runInTrace, startTrace } from '@convene/observability/trace';
import { inSpan, type SpanFacts } from '@convene/observability/tracing/spans';
import type { Job } from './job';
import { failures, interval, lastSuccess } from './job-metrics';
import { LeaseKeeper } from './lease-keeper';
import { LeaseStore } from './lease-store';

export const JOB_RUNNER_OPTIONS = Symbol('JobRunnerOptions');

export interface JobRunnerOptions {
  /** How long, on average, an instance waits at most until it looks whether a job is due. */
  readonly pollMs: number;
  /** How long a crashed instance prevents the others from running its job. */
  readonly leaseMs: number;
}

export const DEFAULTS: JobRunnerOptions = { pollMs: 5_000, leaseMs: 30_000 };

/** A failed job runs again after this, or after its own interval if that is shorter. */
const RETRY_MS = 30_000;
/** How long a stopping process waits for a run to end after its signal was aborted. */
const STOP_TIMEOUT_MS = 10_000;

/** A job that is due and was not claimed is being claimed by another instance. */
const MIN_PAUSE_MS = 20;
/** The most that is added to a wait, so that instances do not all look at the moment at which a job is due. */
const SPREAD_MS = 200;

/**
 * Runs jobs when they are due, each on one instance at a time. One loop looks at all jobs of the process in one statement,
 * and sleeps until the next of them is due; jobs that are due run side by side.
 */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly jobs = new Map<string, Job>();
  private readonly running = new Map<string, Promise<void>>();
  private loop: Promise<void> | undefined;

  constructor(
    @Inject(JOB_RUNNER_OPTIONS) private readonly options: JobRunnerOptions,
    private readonly store: LeaseStore,
  ) {}

  /** Before the application has started: in a factory, a constructor or `onModuleInit`. */
  add(jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.jobs.set(job.name, job);
      interval.set({ job_name: job.name }, job.everyMs / 1000);
    }
  }

  onApplicationBootstrap(): void {
    if (this.jobs.size > 0) this.loop = this.lookUntilStopped();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort(new Error('the process is stopping'));
    const ended = async () => {
      await this.loop;
      await Promise.all(this.running.values());
    };
    await Promise.race([ended(), wait(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }

  private async lookUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    let registered = false;
    while (!signal.aborted) {
      let dueInMs = Infinity;
      try {
        if (!registered) await this.store.register([...this.jobs.values()]);
        registered = true;
        dueInMs = await this.startDue();
      } catch (error) {
        logger.warn({ reason: reasonOf(error) }, 'The jobs could not be checked; retrying');
      }
      // Jittered, so that instances do not all poll at once.
      const pollMs = this.options.pollMs * (0.5 + Math.random());
      const pauseMs = Math.min(pollMs, Math.max(dueInMs, MIN_PAUSE_MS) + Math.random() * SPREAD_MS);
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns the time until the next job may be due. */
  private async startDue(): Promise<number> {
    const idle = [...this.jobs.keys()].filter((name) => !this.running.has(name));
    const owner = `${hostname()}:${process.pid}:${randomUUID()}`;
    const lookedAt = performance.now();
    const waits = [...this.running.keys()].map((name) => this.jobs.get(name)?.everyMs ?? Infinity);
    for (const { name, claimed, dueInMs, lastSuccessAt } of await this.store.look(idle, owner, this.options.leaseMs)) {
      const job = this.jobs.get(name) as Job;
      if (lastSuccessAt) lastSuccess.set({ job_name: name }, lastSuccessAt.getTime() / 1000);
      if (claimed) this.start(job, owner, lookedAt);
      waits.push(claimed ? job.everyMs : dueInMs);
    }
    return Math.min(...waits);
  }

  private start(job: Job, owner: string, claimedAt: number): void {
    const trace = startTrace();
    const span: SpanFacts = { name: `job ${job.name}`, kind: 'internal', attributes: {} };
    const run = runInTrace(trace, () => inSpan(trace, span, () => this.run(job, owner, claimedAt)))
      .catch((error: unknown) =>
        logger.warn({ job: job.name, reason: reasonOf(error) }, 'The end of a job is not recorded'),
      )
      .finally(() => this.running.delete(job.name));
    this.running.set(job.name, run);
  }

  private async run(job: Job, owner: string, claimedAt: number): Promise<void> {
    if (this.stopping.signal.aborted) return this.store.release(job.name, owner);
    const { leaseMs } = this.options;
    const lease = new LeaseKeeper(() => this.store.renew(job.name, owner, leaseMs), leaseMs, claimedAt);
    const signal = AbortSignal.any([this.stopping.signal, lease.lost]);
    try {
      const nextInMs = (await job.run(signal)) ?? job.everyMs;
      await this.store.succeed(job.name, owner, nextInMs);
      lastSuccess.set({ job_name: job.name }, Date.now() / 1000);
      logger.debug({ job: job.name }, 'A job is done');
    } catch (error) {
      if (this.stopping.signal.aborted) return await this.store.release(job.name, owner);
      failures.inc({ job_name: job.name });
      logger.error({ job: job.name, err: error }, 'A job failed; it will run again');
      await this.store.fail(job.name, owner, Math.min(RETRY_MS, job.everyMs), reasonOf(error));
    } finally {
      lease.stop();
    }
  }
}
