import { setTimeout as pause } from 'node:timers/promises';
import { register } from 'prom-client';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { holdConnections } from '@convene/prisma/test-support/hold-connections';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ApiHarness, type Person } from '../test-support/api-harness';

jest.setTimeout(60_000);

/** Creating a company holds one of two connections for this time: 10 a second are possible, on a fast machine and a busy one. */
const HELD_S = 0.2;
const OFFERED_PER_SECOND = 30;
const POOL_TIMEOUT_MS = 1_000;
const PEAK_MS = 3_000;
const OVERLOAD_MS = 10_000;
const TICK_MS = 20;

let database: TestDatabase;
let api: ApiHarness;
let ana: Person;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await ApiHarness.start({
    DATABASE_URL: `${database.url}?connection_limit=2&pool_timeout=${POOL_TIMEOUT_MS / 1000}`,
    SHED_POOL_WAIT_MS: '300',
  });
  ana = await api.person('Ana');
  await api.prisma.$executeRawUnsafe(`
    CREATE FUNCTION hold_connection() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(${HELD_S}); RETURN NEW; END $$`);
  await api.prisma.$executeRawUnsafe(
    'CREATE TRIGGER hold_connection BEFORE INSERT ON companies FOR EACH ROW EXECUTE FUNCTION hold_connection()',
  );
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

async function createCompany() {
  const startedAt = performance.now();
  const { status, headers, body } = await api.post('companies', { token: ana.token, body: { name: 'Acme' } });
  return { status, headers, body, ms: performance.now() - startedAt };
}
type Answer = Awaited<ReturnType<typeof createCompany>>;

/** Two clients, each with one request at a time. */
async function ordinaryLoad(forMs: number): Promise<Answer[]> {
  const endsAt = performance.now() + forMs;
  const answers: Answer[] = [];
  const client = async () => {
    while (performance.now() < endsAt) answers.push(await createCompany());
  };
  await Promise.all([client(), client()]);
  return answers;
}

/** Requests at a rate that does not depend on the answers. */
async function arrivals(perSecond: number, forMs: number): Promise<Answer[]> {
  const startedAt = performance.now();
  const answers: Promise<Answer>[] = [];
  for (let elapsed = 0; elapsed < forMs; elapsed = performance.now() - startedAt) {
    while (answers.length < (elapsed / 1000) * perSecond) answers.push(createCompany());
    await pause(TICK_MS);
  }
  return Promise.all(answers);
}

const created = (answers: Answer[]) => answers.filter(({ status }) => status === 201);
const refused = (answers: Answer[]) => answers.filter(({ body }) => body.code === 'OVERLOADED');
const percentile = (answers: Answer[], part: number) => {
  const sorted = answers.map(({ ms }) => ms).sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? NaN;
};

async function shedShare(): Promise<number> {
  const { values = [] } = (await register.getSingleMetric('shed_share')?.get()) ?? {};
  return values[0]?.value ?? NaN;
}
async function until(condition: (share: number) => boolean): Promise<void> {
  while (!condition(await shedShare())) await pause(TICK_MS);
}

it('does not shed load because callers wait for another pool of the process', async () => {
  const other = new Database({ databaseUrl: `${database.url}?connection_limit=1`, applicationName: 'another pool' });
  const release = await holdConnections(other, 1);
  const waiting = other.query(sql`SELECT 1`);
  // Five windows of the meter, with a wait of more than the bound in each: the third would refuse requests.
  await pause(5_500);
  expect(await shedShare()).toBe(0);
  expect(await register.getSingleMetricAsString('db_pool_connections')).toMatch(
    /pool="another pool",state="waiting".*} 1$/m,
  );
  await release();
  await waiting;
  await other.onApplicationShutdown();
});

it('at three times its capacity the api-gateway refuses the excess at once, serves the rest in time, and refuses nothing afterwards', async () => {
  await ordinaryLoad(500); // first calls compile
  const calm = await ordinaryLoad(PEAK_MS);
  expect(created(calm)).toHaveLength(calm.length);
  const peak = (calm.length / PEAK_MS) * 1000;

  const overload = arrivals(OFFERED_PER_SECOND, OVERLOAD_MS);
  await until((share) => share > 0.4);
  const exempt = Array.from({ length: 20 }, () => [
    api.get('/health/live'),
    api.post('auth/refresh'),
    api.post('auth/logout'),
  ]);
  for (const { body } of await Promise.all(exempt.flat())) expect(body.code).not.toBe('OVERLOADED');
  const answers = await overload;

  expect((created(answers).length / OVERLOAD_MS) * 1000).toBeGreaterThan(0.8 * peak);
  // At most the longest wait for a connection, and the work itself on a busy machine.
  expect(percentile(created(answers), 0.99)).toBeLessThan(3 * POOL_TIMEOUT_MS);
  const refusals = refused(answers);
  expect(refusals.length).toBeGreaterThan(0.3 * answers.length);
  expect(percentile(refusals, 0.5)).toBeLessThan(percentile(created(answers), 0.5) / 2);
  for (const { status, headers, body } of refusals) {
    expect(status).toBe(503);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'OVERLOADED', retryable: true });
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
  expect(new Set(refusals.map(({ body }) => body['retryAfterMs'])).size).toBeGreaterThan(refusals.length / 4);

  await until((share) => share === 0);
  const after = await ordinaryLoad(PEAK_MS);
  expect(created(after)).toHaveLength(after.length);
  expect(await shedShare()).toBe(0);
});
