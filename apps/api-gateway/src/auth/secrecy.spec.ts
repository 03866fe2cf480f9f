import { setTimeout as pause } from 'node:timers/promises';
import amqplib, { type ChannelModel } from 'amqplib';
import { Redis } from 'ioredis';
import { symbols } from 'pino';
import { declareQueue } from '@convene/messaging/topology/declare';
import { QUEUES } from '@convene/messaging/topology/queues';
import { logger } from '@convene/observability/logger';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { ApiHarness } from '../test-support/api-harness';
import { dumpTables } from '../test-support/database-work';

/** The places in which a journey through all secrets leaves data. */
let database: TestDatabase;
let api: ApiHarness;
let broker: ChannelModel;
const traces = { log: '', database: '', events: '', queues: '', redis: '' };
const passwords: string[] = [];
const tokens: string[] = [];
const addresses: string[] = [];

beforeAll(async () => {
  const [redis, vhost] = [await createTestRedis(), await createTestVhost()];
  database = await createTestDatabase();
  broker = await amqplib.connect(vhost.url);
  const channel = await broker.createChannel();
  for (const queue of QUEUES) await declareQueue(channel, queue, { maxAttempts: 3, baseMs: 50 });
  const stream = (logger as unknown as Record<symbol, { write: (line: string) => void }>)[symbols.streamSym];
  if (!stream) throw new Error('pino has no stream');
  const written = jest.spyOn(stream, 'write').mockImplementation((line) => void (traces.log += line));
  logger.level = 'trace';
  api = await ApiHarness.start({
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    RABBITMQ_URL: vhost.url,
    OUTBOX_RELAY: 'on',
  });
  await journey();
  while ((await api.prisma.domainEvent.count({ where: { publishedAt: null } })) > 0) await api.get('/health');
  await api.stop();
  // Lines of requests are written in batches.
  while (!traces.log.includes('"method":"DELETE"')) await pause(10);
  written.mockRestore();

  const tables = await dumpTables(database.url);
  traces.database = JSON.stringify(tables);
  traces.events = JSON.stringify(tables.domain_events);
  for (const queue of QUEUES) {
    for (let message; (message = await channel.get(queue, { noAck: true }));) {
      traces.queues += `${JSON.stringify(message.properties)}${message.content.toString()}\n`;
    }
  }
  traces.redis = await dumpRedis(redis.url);
}, 60_000);
afterAll(async () => {
  await broker.close();
  await database.drop();
});

async function journey(): Promise<void> {
  const known = (email: string, password: string) => {
    addresses.push(email);
    passwords.push(password);
    return { email, password };
  };
  const mailed = async (userId: string, purpose: Parameters<ApiHarness['mailedToken']>[1]) => {
    const token = await api.mailedToken(userId, purpose);
    tokens.push(token);
    return token;
  };
  const enter = async ({ email, password }: { email: string; password: string }) => {
    const { body } = await api.login(email, password);
    tokens.push(body.accessToken, body.refreshToken);
    return body;
  };
  const ana = known('ana.secret@example.com', 'the password of ana');
  const { body: user } = await api.post('auth/signup', { body: { ...ana, displayName: 'Ana' } });
  await api.post('auth/signup', { body: { ...ana, displayName: 'Stranger' } });
  await api.post('auth/verify-email', {
    body: { token: await mailed(user.id, 'VERIFY_EMAIL'), password: ana.password },
  });
  await api.post('auth/verify-email', { body: { token: 'a wrong one' } });
  const session = await enter(ana);
  await api.login(ana.email, known(ana.email, 'a wrong password').password);
  const cookie = `convene_access=${session.accessToken}; convene_refresh=${session.refreshToken}`;
  const { headers } = await api.post('auth/refresh', { headers: { cookie } });
  const cookies = String(headers['set-cookie']).matchAll(/convene_\w+=([^;]+)/g);
  for (const [, token = ''] of cookies) tokens.push(token);
  await api.post('auth/password/forgot', { body: { email: ana.email } });
  await api.post('auth/password/forgot', { body: { email: known('nobody.at.all@example.com', 'none of them').email } });
  const { password } = known(ana.email, 'another password of ana');
  await api.post('auth/password/reset', { body: { token: await mailed(user.id, 'RESET_PASSWORD'), password } });
  const { accessToken: before } = await enter({ ...ana, password });
  const change = known('ana.anew@example.com', password);
  await api.post('me/email', { token: before, body: change });
  const changing = await mailed(user.id, 'CHANGE_EMAIL');
  await api.post('auth/verify-email', { token: before, body: { token: changing } });
  const wayBack = await api.restoreToken(user.id);
  tokens.push(wayBack);
  const restored = known(ana.email, 'the last password of ana').password;
  await api.post('auth/email/restore', { body: { token: wayBack, password: restored } });
  const { accessToken: token } = await enter({ ...ana, password: restored });

  const { body: company } = await api.post('companies', { token, body: { name: 'Acme' } });
  const bo = known('bo.secret@example.com', 'the password of bo');
  const { body: invite } = await api.post(`companies/${company.id}/invites`, { token, body: { email: bo.email } });
  const invitation = api.tokens.derive('invite', invite.id, 0);
  tokens.push(invitation);
  await api.post('auth/signup', { body: { ...bo, displayName: 'Bo' } });
  const { accessToken } = await enter(bo);
  await api.get(`invites/${invitation}`);
  await api.get(`no/such/route/${invitation}`);
  await api.post(`invites/${invitation}/accept`, { token: accessToken });
  await api.send('DELETE', 'me', { token: accessToken, body: { password: bo.password } });
}

async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  const keys = await redis.keys('*');
  const values = await Promise.all(keys.map(async (key) => (await redis.dumpBuffer(key))?.toString('latin1')));
  redis.disconnect();
  return JSON.stringify([keys, values]);
}

/** The part that cannot be known from elsewhere. */
const secretOf = (token: string) => token.split('.').at(-1) ?? '';

it('the journey of this spec leaves rows, events, logs and mails to search', () => {
  expect(tokens).toHaveLength(4 + 2 + 2 + 2 + 2 + 1 + 2);
  expect(tokens.every((token) => secretOf(token).length > 40)).toBe(true);
  expect(traces.log.match(/"msg":"Answered"/g)?.length).toBeGreaterThan(15);
  expect(traces.log).toContain('"route":"/v1/invites/:tokenOrId/accept"');
  expect(traces.database).toContain('ana.anew@example.com');
  expect(traces.queues).toContain('account_mails.requested');
  expect(traces.queues).toContain('security_mails.requested');
});

describe.each(Object.keys(traces) as (keyof typeof traces)[])('the %s', (place) => {
  it('contains no password', () => {
    for (const password of passwords) expect(traces[place]).not.toContain(password);
  });

  it('contains no usable token', () => {
    for (const token of tokens) expect(traces[place]).not.toContain(secretOf(token));
  });
});

describe.each(['log', 'events', 'queues', 'redis'] as const)('the %s', (place) => {
  it('contains no address', () => {
    for (const address of addresses) expect(traces[place]).not.toContain(address.split('@')[0]);
    expect(traces[place]).not.toMatch(/[\w.]+@[\w]+\.\w+/);
  });
});
