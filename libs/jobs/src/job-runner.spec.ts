import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { register } from 'prom-client';
import { Database } from '@convene/prisma/database/database';
import { PrismaService } from '@convene/prisma/prisma.service';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import type { Job } from './job';
import { JobRunner } from './job-runner';
import { LeaseStore } from './lease-store';

const HOUR = 60 * 60 * 1000;

/** A job that tells when it is run, and goes on until it is told to. */
class ManualJob implements Job {
  runs = 0;
  private arrivals: ((run: Run) => void)[] = [];
  private waiting: Run[] = [];

  constructor(
    readonly name: string,
    readonly everyMs = HOUR,
  ) {}

  run(signal: AbortSignal): Promise<void> {
    this.runs++;
    return new Promise((finish, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason as Error));
      const run = { finish, fail, signal };
      const arrival = this.arrivals.shift();
      if (arrival) arrival(run);
      else this.waiting.push(run);
    });
  }

  next(): Promise<Run> {
    const run = this.waiting.shift();
    return run ? Promise.resolve(run) : new Promise((resolve) => this.arrivals.push(resolve));
  }
}

interface Run {
  finish(): void;
  fail(error: Error): void;
  readonly signal: AbortSignal;
}

describe('JobRunner', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let store: LeaseStore;
  let runners: JobRunner[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
    store = new LeaseStore(prisma);
  });

  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.onModuleDestroy()));
    runners = [];
  });

  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const start = (job: Job, leaseMs = 1_500): JobRunner => {
    const runner = new JobRunner({ pollMs: 20, leaseMs }, store);
    runner.add([job]);
    runners.push(runner);
    runner.onApplicationBootstrap();
    return runner;
  };
  const rowOf = (job: Job) => prisma.job.findUniqueOrThrow({ where: { name: job.name } });
  /** The row, once it is as wanted. */
  const rowWhen = async (job: Job, wanted: (row: Awaited<ReturnType<typeof rowOf>>) => boolean) => {
    for (;;) {
      const row = await rowOf(job);
      if (wanted(row)) return row;
      await wait(10);
    }
  };

  it('runs a job on one instance, for longer than a lease, and not again before it is due', async () => {
    const job = new ManualJob('one-at-a-time');
    start(job, 1_500);
    start(job, 1_500);
    const run = await job.next();
    const { leaseUntil } = await rowOf(job);
    await rowWhen(job, (row) => Number(row.leaseUntil) > Number(leaseUntil) + 1_500);
    expect(job.runs).toBe(1);

    run.finish();
    const row = await rowWhen(job, ({ lastSuccessAt }) => lastSuccessAt !== null);
    expect(row).toMatchObject({ leaseOwner: null, leaseUntil: null, lastError: null });
    expect(row.nextRunAt.getTime() - row.lastSuccessAt!.getTime()).toBe(HOUR);
    expect(job.runs).toBe(1);
    expect(run.signal.aborted).toBe(false);
    expect(await register.getSingleMetricAsString('job_last_success_timestamp_seconds')).toContain(
      'job="one-at-a-time"',
    );
  });

  it('takes over from an instance that crashed, once its lease has run out', async () => {
    const job = new ManualJob('crashed-owner');
    await store.register(job.name);
    expect(await store.claim(job.name, 'the dead', 300)).toBe(true);
    expect(await store.claim(job.name, 'too early', 300)).toBe(false);
    const { leaseUntil } = await rowOf(job);
    start(job);
    const run = await job.next();
    const [{ now }] = await prisma.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
    expect(now.getTime()).toBeGreaterThanOrEqual(leaseUntil!.getTime());
    run.finish();
    await rowWhen(job, ({ lastSuccessAt }) => lastSuccessAt !== null);
  });

  it('tells a run that its lease is lost, and does not disturb who has it now', async () => {
    const job = new ManualJob('robbed');
    start(job);
    const { signal } = await job.next();
    const robbery = { leaseOwner: 'the robber', leaseUntil: new Date(Date.now() + HOUR) };
    await prisma.job.update({ where: { name: job.name }, data: robbery });
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ message: expect.stringMatching(/another instance has taken it over/) });
    expect(await rowOf(job)).toMatchObject(robbery);
  });

  it('keeps the reason of a failure, counts it, and comes again', async () => {
    const job = new ManualJob('failing', 50);
    start(job);
    (await job.next()).fail(new Error('no luck'));
    await rowWhen(job, ({ lastError }) => lastError === 'no luck');
    expect(await register.getSingleMetricAsString('job_failures_total')).toContain(
      'job_failures_total{job="failing"} 1',
    );
    (await job.next()).finish();
    await rowWhen(job, ({ lastSuccessAt, lastError }) => lastSuccessAt !== null && lastError === null);
  });

  it('gives an unfinished run back when it stops, so that another instance takes it at once', async () => {
    const job = new ManualJob('interrupted');
    const first = start(job, HOUR);
    const interrupted = await job.next();
    await first.onModuleDestroy();
    expect(interrupted.signal.aborted).toBe(true);
    expect(await rowOf(job)).toMatchObject({ leaseOwner: null, leaseUntil: null, lastError: null });
    start(job, HOUR);
    (await job.next()).finish();
    await rowWhen(job, ({ lastSuccessAt }) => lastSuccessAt !== null);
  });
});
