import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { PrivateRedis } from '@convene/testing/private-redis';
import { required } from '@convene/testing/required';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { ApiHarness, type Person } from '../test-support/api-harness';

/** The deadlines of one request's calls to a server that does not answer, beside the request itself on a busy machine. */
const ANSWERED_WITHIN_MS = 4_000;

let database: TestDatabase;
let redis: TcpProxy;
let rabbitmq: TcpProxy;
let api: ApiHarness;
let ana: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await TcpProxy.to((await createTestRedis()).url);
  rabbitmq = await TcpProxy.to((await createTestVhost()).url);
  api = await ApiHarness.start({
    DATABASE_URL: `${database.url}?connection_limit=3`,
    REDIS_URL: redis.url,
    RABBITMQ_URL: rabbitmq.url,
    OUTBOX_RELAY: 'on',
    RATE_LIMIT_SCALE: '1',
  });
  ana = await api.person('Ana');
  await published();
});

afterAll(async () => {
  await api.stop();
  await Promise.all([redis.close(), rabbitmq.close()]);
  await database.drop();
});

const FAILURES = [
  ['is frozen', (proxy: TcpProxy) => proxy.freeze()],
  ['is unreachable', (proxy: TcpProxy) => proxy.cut()],
] as const;

/** Connections that were frozen are lost, as those to a machine that is started again. */
function mend(proxy: TcpProxy): void {
  proxy.cut();
  proxy.restore();
}

describe.each(FAILURES)('while RabbitMQ %s, the api-gateway', (_, fail) => {
  it('commits writes, keeps their events, and publishes them afterwards', async () => {
    fail(rabbitmq);
    try {
      expect(await timed(() => api.post('companies', { token: ana.token, body: { name: 'Acme' } }))).toBe(201);
      expect(await pending()).toBeGreaterThan(0);
    } finally {
      mend(rabbitmq);
    }
    await published();
  });
});

describe.each(FAILURES)('while Redis %s, the api-gateway', (_, fail) => {
  it('answers reads and writes in time', async () => {
    fail(redis);
    try {
      expect(await timed(() => api.get('me', { token: ana.token }))).toBe(200);
      expect(await timed(() => api.post('companies', { token: ana.token, body: { name: 'Acme' } }))).toBe(201);
      expect(await timed(() => api.login(ana.email, ana.password))).toBe(200);
    } finally {
      mend(redis);
    }
  });
});

it('while Redis refuses writes because its memory is full, the api-gateway answers reads and writes in time', async () => {
  const full = await PrivateRedis.start('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
  const { databaseUrl } = api;
  const gateway = await ApiHarness.start({ DATABASE_URL: databaseUrl, REDIS_URL: full.url, RATE_LIMIT_SCALE: '1' });
  try {
    expect(await timed(() => gateway.get('me', { token: ana.token }))).toBe(200);
    expect(await timed(() => gateway.login(ana.email, ana.password))).toBe(200);
  } finally {
    await gateway.stop();
    await full.kill();
  }
});

it('while PostgreSQL is read-only, the api-gateway serves reads, and answers writes with 503 and Retry-After', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await administer(`ALTER DATABASE ${name} SET default_transaction_read_only = on`, endConnections(name));
  try {
    await answered(200, () => api.get('companies', { token: ana.token }));
    const refused = await api.post('companies', { token: ana.token, body: { name: 'Acme' } });
    expect(refused).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE', retryable: true } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  } finally {
    await administer(`ALTER DATABASE ${name} RESET default_transaction_read_only`, endConnections(name));
  }
  await answered(201, () => api.post('companies', { token: ana.token, body: { name: 'Acme' } }));
});

const endConnections = (name: string) =>
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;

async function administer(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: required('CONVENE_TEST_DATABASE_URL') });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** @returns the status of an answer that must come in time. */
async function timed(send: () => Promise<{ status: number }>): Promise<number> {
  const startedAt = performance.now();
  const { status } = await send();
  expect(performance.now() - startedAt).toBeLessThan(ANSWERED_WITHIN_MS);
  return status;
}

/** Repeats a request whose connections to the database may just have ended. */
async function answered(status: number, send: () => Promise<{ status: number }>): Promise<void> {
  while ((await send()).status !== status) await wait(50);
}

async function pending(): Promise<number> {
  return api.prisma.domainEvent.count({ where: { publishedAt: null } });
}

/** There is no worker: an event counts as published once the broker has routed it to its queue. */
async function published(): Promise<void> {
  while ((await pending()) > 0) await wait(50);
}
