import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { register } from 'prom-client';
import { Database } from '@convene/prisma/database/database';
import { PrismaService } from '@convene/prisma/prisma.service';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import type { Job } from './job';
import { JobRunner } from './job-runner';
import { type JobState, LeaseStore } from './lease-store';

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

  run(signal: AbortSignal): Promise<number> {
    this.runs++;
    return new Promise((end, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason as Error));
      const run = { finish: (nextInMs = this.everyMs) => end(nextInMs), fail, signal };
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
  finish(nextInMs?: number): void;
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
    store = new LeaseStore(prisma.database);
  });

  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.onModuleDestroy()));
    runners = [];
  });

  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const start = (job: Job | readonly Job[], leaseMs = 1_500, pollMs = 20): JobRunner => {
    const runner = new JobRunner({ pollMs, leaseMs }, store);
    runner.add([job].flat());
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
    // The row is committed before the runner hears of it.
    const told = async () => (await register.getSingleMetricAsString('job_last_success_timestamp_seconds')).split('\n');
    while (!(await told()).some((line) => line.includes('job_name="one-at-a-time"'))) await wait(10);
  });

  it('reads all its jobs in one statement, and writes nothing while none is due', async () => {
    const jobs = Array.from({ length: 10 }, (_, n) => new ManualJob(`of-many-${n}`));
    start(jobs);
    for (const job of jobs) (await job.next()).finish();
    for (const job of jobs)
      await rowWhen(job, ({ leaseOwner, lastSuccessAt }) => !leaseOwner && lastSuccessAt !== null);
    const statements = [jest.spyOn(prisma.database, 'query'), jest.spyOn(prisma.database, 'execute')];
    const looks = jest.spyOn(store, 'look');
    while (looks.mock.calls.length < 5) await wait(10);
    expect(statements.map(({ mock }) => mock.calls.length)).toEqual([looks.mock.calls.length, 0]);
    jest.restoreAllMocks();
  });

  it('runs a job when it is due, however long a poll is', async () => {
    const job = new ManualJob('often', 40);
    start(job, 1_500, HOUR);
    for (let run = 0; run < 3; run++) (await job.next()).finish();
    await rowWhen(job, ({ leaseOwner }) => leaseOwner === null);
  });

  it('runs a job again when its run reports more work', async () => {
    const job = new ManualJob('knows-better');
    start(job);
    (await job.next()).finish(40);
    (await job.next()).finish(2 * HOUR);
    const { nextRunAt, lastSuccessAt } = await rowWhen(job, (row) => Number(row.nextRunAt) > Date.now() + HOUR);
    expect(Number(nextRunAt) - Number(lastSuccessAt)).toBe(2 * HOUR);
  });

  it('takes over from a crashed instance once its lease has expired', async () => {
    const job = new ManualJob('crashed-owner');
    await store.register([job]);
    expect(await store.look([job.name], 'the dead', 300)).toMatchObject([{ claimed: true }]);
    const [{ dueInMs }] = (await store.look([job.name], 'too early', 300)) as [JobState];
    expect(dueInMs).toBeGreaterThan(0);
    const { leaseUntil } = await rowOf(job);
    start(job);
    const run = await job.next();
    const [{ now }] = await prisma.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
    expect(now.getTime()).toBeGreaterThanOrEqual(leaseUntil!.getTime());
    run.finish();
    await rowWhen(job, ({ lastSuccessAt }) => lastSuccessAt !== null);
  });

  it('aborts a run that has lost its lease, and leaves the run of the new holder alone', async () => {
    const job = new ManualJob('robbed');
    start(job);
    const { signal } = await job.next();
    const robbery = { leaseOwner: 'the robber', leaseUntil: new Date(Date.now() + HOUR) };
    await prisma.job.update({ where: { name: job.name }, data: robbery });
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ message: expect.stringMatching(/another instance has taken it over/) });
    expect(await rowOf(job)).toMatchObject(robbery);
  });

  it('stores the reason of a failure, counts it, and runs the job again', async () => {
    const job = new ManualJob('failing', 50);
    start(job);
    (await job.next()).fail(new Error('no luck'));
    await rowWhen(job, ({ lastError }) => lastError === 'no luck');
    expect(await register.getSingleMetricAsString('job_failures_total')).toContain(
      'job_failures_total{job_name="failing"} 1',
    );
    (await job.next()).finish();
    await rowWhen(job, ({ lastSuccessAt, lastError }) => lastSuccessAt !== null && lastError === null);
  });

  it('releases an unfinished run when it stops, so that another instance takes it at once', async () => {
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
