import { setTimeout as wait } from 'node:timers/promises';
import { logger, stdout } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { holdConnections } from '@convene/prisma/test-support/hold-connections';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ApiHarness } from '../test-support/api-harness';

let database: TestDatabase;
let api: ApiHarness;
let proxy: TcpProxy;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await TcpProxy.to(database.url);
  logger.level = 'info';
  api = await ApiHarness.start({ DATABASE_URL: `${proxy.url}?connection_limit=1&pool_timeout=1` });
});
afterAll(async () => {
  await api.stop();
  await proxy.close();
  await database.drop();
});

it('the api-gateway serves without Redis and reports that it is degraded', async () => {
  const { status, body } = await api.get('/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    service: 'api-gateway',
    status: 'degraded',
    checks: { postgresql: { status: 'ok', latencyMs: expect.any(Number) as number }, redis: { status: 'down' } },
  });
  expect((await api.get('/health/ready')).status).toBe(200);
  expect((await api.get('/health/live')).body).toEqual({ status: 'ok' });
});

it('/health on the public port contains neither host names nor error texts', async () => {
  proxy.cut();
  const answers = [await api.get('/health'), await api.get('/health/ready')];
  proxy.restore();
  for (const { body } of answers) {
    const { postgresql, redis } = body.checks as Record<string, object>;
    const latencyMs = expect.any(Number) as number;
    const reason = expect.stringMatching(/^(timeout|unreachable|failed)$/) as string;
    expect(postgresql).toEqual({ status: 'down', latencyMs, reason });
    expect(redis).toEqual({ status: 'down', latencyMs, reason });
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|localhost|ECONN|error|Connection/);
  }
  expect((await api.login('nobody@example.com', 'whatever')).status).toBe(401);
});

it('the api-gateway answers 503 with Retry-After while its pool is exhausted, and recovers', async () => {
  const release = await holdConnections(api.app.get(Database), 1);
  const answer = await api.login('nobody@example.com', 'whatever');
  expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE', retryable: true } });
  expect(answer.headers['retry-after']).toBe('1');
  await release();
  expect((await api.login('nobody@example.com', 'whatever')).status).toBe(401);
});

it('the api-gateway writes no password, token or address into its log', async () => {
  const lines: string[] = [];
  const write = jest.spyOn(stdout, 'write').mockImplementation((line) => lines.push(line) > 0);
  const ana = await api.person('Ana');
  const { token } = await api.invite(await api.company(ana), ana, 'guest@example.com');
  await api.get(`invites/${token}`);
  await api.post('auth/refresh', { body: { refreshToken: ana.refreshToken } });
  await api.login(ana.email, 'wrong password');
  // Lines of answered requests leave in batches, in order: these two are the last.
  while (!/"\/v1\/auth\/refresh"[^]*"\/v1\/auth\/login","status":401/.test(lines.join(''))) await wait(10);
  write.mockRestore();
  const log = lines.join('');
  expect(log).toContain('/v1/invites/:tokenOrId');
  for (const secret of [ana.password, ana.token, ana.refreshToken, token, '@example.com', 'wrong password']) {
    expect(log).not.toContain(secret);
  }
});

it('the api-gateway is not ready without its database, answers 503 on every route that needs it, and recovers', async () => {
  proxy.cut();
  expect(await api.get('/health/ready')).toMatchObject({ status: 503, body: { status: 'down' } });
  const answer = await api.login('nobody@example.com', 'whatever');
  expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
  expect((await api.get('/health/live')).status).toBe(200);
  proxy.restore();
  expect((await api.login('nobody@example.com', 'whatever')).status).toBe(401);
  expect((await api.get('/health/ready')).status).toBe(200);
});
