import { setTimeout as wait } from 'node:timers/promises';
import type { Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import { ModulesContainer } from '@nestjs/core';
import { Client } from 'pg';
import { EmailCheck } from '@convene/email-check/email-check';
import { routeOf } from '@convene/http/route-of';
import { inTransaction, type Tx } from '@convene/prisma/transaction';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { Answers } from './answers';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { KeyStore } from './key-store';
import { KeyedExecution } from './keyed-execution';

let database: TestDatabase;
let gateways: [ApiHarness, ApiHarness];
let ana: Person;
beforeAll(async () => {
  database = await createTestDatabase();
  gateways = [
    await ApiHarness.start({ DATABASE_URL: database.url }),
    await ApiHarness.start({ DATABASE_URL: database.url }),
  ];
  ana = await gateways[0].person('Ana');
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await database.drop();
});

let keys = 0;
const newKey = () => `key-${++keys}`;
const create = (gateway: ApiHarness, key: string, name: string, person = ana) =>
  gateway.post('companies', { token: person.token, body: { name }, headers: { 'idempotency-key': key } });
/** The row that a request of Ana's leaves. */
const keyRowOf = async (gateway: ApiHarness, key: string) => {
  await create(gateway, key, key);
  return gateway.prisma.idempotencyKey.findFirstOrThrow({ where: { key } });
};
const companies = (name: string) => gateways[0].prisma.company.count({ where: { name } });

it('an Idempotency-Key makes two gateways execute a hundred equal requests once and answer them alike', async () => {
  const key = newKey();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => create(gateways[index % 2]!, key, 'Once')),
  );
  expect(await companies('Once')).toBe(1);
  expect(await gateways[0].events({ type: 'companies.created', actorId: ana.id })).toHaveLength(1);
  expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
  expect(answers[0]!.status).toBe(201);
  expect(answers.filter(({ headers }) => headers['idempotent-replay'] === 'true')).toHaveLength(99);
});

it('an Idempotency-Key that cannot be claimed, though nobody executes it, is tried again after growing pauses', async () => {
  const key = newKey();
  const [gateway] = gateways;
  const read = jest.spyOn(gateway.app.get(KeyStore, { strict: false }), 'read');
  const { scope } = await keyRowOf(gateway, newKey());
  // As another process holds it that looks whether the request is executed.
  const reader = new Client({ connectionString: database.url });
  await reader.connect();
  await reader.query('SELECT pg_advisory_lock_shared(hashtextextended($1, 0))', [`${scope} ${key}`]);
  const answer = create(gateway, key, 'Contended');
  await wait(1_000);
  await reader.end();
  expect((await answer).status).toBe(201);
  expect(read.mock.calls.length).toBeGreaterThan(1);
  expect(read.mock.calls.length).toBeLessThan(20);
  read.mockRestore();
});

it('an Idempotency-Key is refused for another body or route of the same caller, and is free for other callers', async () => {
  const key = newKey();
  await create(gateways[0], key, 'First');
  expect((await create(gateways[1], key, 'Second')).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  const other = await gateways[0].post('notifications/read-all', {
    token: ana.token,
    headers: { 'idempotency-key': key },
  });
  expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await companies('Second')).toBe(0);
  const bo = await gateways[0].person('Bo');
  expect((await create(gateways[0], key, 'Second', bo)).status).toBe(201);
});

it('an Idempotency-Key replays a refusal, and executes again after a temporary failure', async () => {
  const key = newKey();
  const first = await create(gateways[0], key, '');
  const again = await create(gateways[1], key, '');
  expect(again.status).toBe(422);
  expect(again.headers['content-type']).toContain('application/problem+json');
  expect(again.body).toEqual(first.body);
});

describe('an Idempotency-Key on a route with credentials', () => {
  const key = { 'idempotency-key': 'of-ana' };
  const rows = () => gateways[0].prisma.idempotencyKey.count();
  const withRefreshCookie = async () => {
    const { refreshToken } = (await gateways[0].login(ana.email, ana.password)).body;
    return { ...key, cookie: `convene_refresh=${refreshToken}` };
  };

  it('never gives the refresh of one caller to another caller at the same address', async () => {
    const before = await rows();
    const first = await gateways[0].post('auth/refresh', { headers: await withRefreshCookie() });
    expect(first.headers['set-cookie']).toHaveLength(2);
    const other = await gateways[1].post('auth/refresh', { headers: key });
    expect(other).toMatchObject({ status: 401, body: { code: 'REFRESH_INVALID' } });
    expect(other.headers['set-cookie']).toBeUndefined();
    expect(await rows()).toBe(before);
  });

  it('does not replay another caller’s logout to a caller without a session', async () => {
    const headers = await withRefreshCookie();
    expect((await gateways[0].post('auth/logout', { headers })).status).toBe(204);
    expect((await gateways[1].post('auth/logout', { headers: key })).status).toBe(401);
    const { token } = await gateways[0].person('Cy');
    const cy = { token, headers: key };
    expect((await gateways[0].post('auth/logout', cy)).status).toBe(204);
    expect(await gateways[0].get('me', cy)).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
  });

  it('is ignored for a login', async () => {
    const before = await gateways[0].prisma.session.count({ where: { userId: ana.id } });
    const sent = { body: { email: ana.email, password: ana.password }, headers: { 'idempotency-key': 'two words' } };
    const answers = [await gateways[0].post('auth/login', sent), await gateways[0].post('auth/login', sent)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1]?.headers['idempotent-replay']).toBeUndefined();
    expect(await gateways[0].prisma.session.count({ where: { userId: ana.id } })).toBe(before + 2);
  });

  it('is ignored by every POST whose handler can set a cookie', () => {
    const setting = handlers().filter(({ takesReply }) => takesReply);
    const posts = setting.flatMap(({ route }) => (route?.method === 'POST' ? [route] : []));
    expect(posts.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(['login', 'logout']));
    expect(posts.filter(({ credential }) => !credential)).toEqual([]);
  });

  it('is accepted by every POST without a credential, and no other route pays for an interceptor', () => {
    const routes = handlers().filter(({ route }) => route !== undefined);
    const posts = routes.filter(({ route }) => route!.method === 'POST' && !route!.credential);
    expect(posts.length).toBeGreaterThan(10);
    expect(routes.filter(({ interceptors }) => interceptors.includes(IdempotencyInterceptor))).toEqual(posts);
    expect(routes.filter(({ interceptors }) => interceptors.length > 0)).toEqual(posts);
  });

  const handlers = () =>
    [...gateways[0].app.get(ModulesContainer).values()]
      .flatMap((module) => [...module.controllers.values()])
      .flatMap(({ metatype }) => handlersOf(metatype as Type));

  /** Handlers of a controller, and whether one is given the reply: without it none can set a header. */
  function handlersOf(controller: Type) {
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).map((name) => {
      const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as object | undefined;
      const takesReply = Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.RESPONSE}:`));
      const interceptors = (Reflect.getMetadata(INTERCEPTORS_METADATA, prototype[name] as object) ?? []) as unknown[];
      return { route: routeOf(prototype[name] as object), takesReply, interceptors };
    });
  }
});

it('an Idempotency-Key separates callers at one address with different credentials, or none', async () => {
  const key = newKey();
  const signup = (headers: Record<string, string>, email: string) =>
    gateways[0].post('auth/signup', {
      body: { email, password: 'a long pass phrase', displayName: 'Di' },
      headers: { 'idempotency-key': key, ...headers },
    });
  const first = await signup({ cookie: 'convene_access=a' }, 'di-1@example.com');
  expect((await signup({ cookie: 'convene_access=b' }, 'di-2@example.com')).status).toBe(201);
  expect((await signup({ authorization: 'Bearer x' }, 'di-3@example.com')).status).toBe(201);
  expect((await signup({}, 'di-4@example.com')).status).toBe(201);
  expect((await signup({}, 'di-5@example.com')).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  const again = await signup({ cookie: 'convene_access=a' }, 'di-1@example.com');
  expect(again.body).toEqual(first.body);
  expect(again.headers['idempotent-replay']).toBe('true');
});

it('a dump of the stored answers reveals no content', async () => {
  await create(gateways[0], newKey(), 'Secret plans');
  const rows = await gateways[0].prisma.idempotencyKey.findMany();
  // An access token begins so: `{"alg":"`. Three letters of it are sometimes in what is encrypted, by chance.
  expect(JSON.stringify(rows)).not.toMatch(/Secret plans|eyJhbGciOi|example\.com|set-cookie/);
});

it.each(['', 'two words', 'x'.repeat(201), 'zoë'])('the key %j is refused with the name of the header', async (key) => {
  const { status, body } = await create(gateways[0], key, 'Bad key');
  expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 422, field: 'Idempotency-Key' });
});

it('an Idempotency-Key replays what a request without an event has answered', async () => {
  await gateways[0].prisma.inboxCounter.create({ data: { userId: ana.id, version: 7n } });
  const headers = { 'idempotency-key': newKey() };
  const readAll = (gateway: ApiHarness) => gateway.post('notifications/read-all', { token: ana.token, headers });
  const [first, again] = [await readAll(gateways[0]), await readAll(gateways[1])];
  expect(first).toMatchObject({ status: 200, body: { changed: 0, unread: { count: 0, version: 7 } } });
  expect(again.headers['idempotent-replay']).toBe('true');
  expect(again.body).toEqual(first.body);
});

it('an Idempotency-Key replays the first answer when a repeat would be refused before its transaction', async () => {
  const cy = await gateways[0].person('Cy');
  const companyId = await gateways[0].company(cy);
  const headers = { 'idempotency-key': newKey() };
  const invite = () =>
    gateways[1].post(`companies/${companyId}/invites`, { token: cy.token, headers, body: { email: 'di@example.com' } });
  const first = await invite();
  const undeliverable = jest
    .spyOn(gateways[1].app.get(EmailCheck, { strict: false }), 'check')
    .mockResolvedValue('undeliverable');
  expect((await invite()).body).toEqual(first.body);
  undeliverable.mockRestore();
  expect(first.status).toBe(201);
});

describe('when a process dies under an Idempotency-Key', () => {
  const answers = () => new Answers(gateways[0].env.TOKEN_SECRET);
  const request = (key: string, name: string) => {
    const hashes = answers().fingerprints(`POST /v1/companies\n${JSON.stringify({ name })}`);
    return { scope: ana.id, key, hashes };
  };
  const execute = (key: string, name: string, work: (tx: Tx) => Promise<unknown>) => {
    const store = gateways[0].app.get(KeyStore);
    return new KeyedExecution(store, answers(), request(key, name), 201).run(() =>
      inTransaction(gateways[0].prisma, work),
    );
  };
  const found = (tx: Tx, name: string) => tx.company.create({ data: { id: crypto.randomUUID(), name } });

  it('before the commit, the repeated request executes', async () => {
    const key = newKey();
    const dying = execute(key, 'Died early', async (tx) => {
      await found(tx, 'Died early');
      await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
    });
    await expect(dying).rejects.toThrow();
    expect(await create(gateways[1], key, 'Died early')).toMatchObject({ status: 201 });
    expect(await companies('Died early')).toBe(1);
  });

  it('between the commit and the answer, the repeated request gets the result of the transaction', async () => {
    const key = newKey();
    const store = gateways[0].app.get(KeyStore);
    const replace = jest.spyOn(store, 'replace').mockRejectedValueOnce(new Error('died'));
    const dying = new KeyedExecution(store, answers(), request(key, 'Died late'), 201).run(async () => {
      await inTransaction(gateways[0].prisma, async () => ({ id: 'what it made' }));
      return 'more';
    });
    await expect(dying).rejects.toThrow('died');
    replace.mockRestore();
    const { status, body } = await create(gateways[1], key, 'Died late');
    expect({ status, body }).toEqual({ status: 201, body: { id: 'what it made' } });
    expect(await companies('Died late')).toBe(0);
  });

  it('only seemingly, the repeated request waits for its transaction, and gets its answer', async () => {
    const key = newKey();
    const repeats: ReturnType<typeof create>[] = [];
    const looked = nextCall(gateways[1].app.get(KeyStore), 'read');
    await execute(key, 'Back again', async (tx) => {
      const { id } = await found(tx, 'Back again');
      repeats.push(create(gateways[1], key, 'Back again'));
      await looked;
      return { id };
    });
    const { status, headers } = (await repeats[0])!;
    expect({ status, replay: headers['idempotent-replay'] }).toEqual({ status: 201, replay: 'true' });
    expect(await companies('Back again')).toBe(1);
  });

  it('of an earlier version, which stores its claim before the work, the repeated request waits until the claim is over', async () => {
    const key = newKey();
    const { scope, hashes } = request(key, 'Old');
    const [requestHash, expiresAt] = [hashes[0]!, new Date(Date.now() + 60_000)];
    const row = { scope, key, requestHash, expiresAt, lockedUntil: expiresAt };
    await gateways[0].prisma.idempotencyKey.create({ data: row });
    const looked = nextCall(gateways[1].app.get(KeyStore), 'read');
    const repeat = create(gateways[1], key, 'Old');
    await looked;
    expect(await companies('Old')).toBe(0);
    await gateways[0].prisma.idempotencyKey.updateMany({ where: { key }, data: { lockedUntil: new Date(0) } });
    expect((await repeat).status).toBe(201);
    expect(await companies('Old')).toBe(1);
  });
});

/** Resolves when `method` has been called and has answered. */
function nextCall(store: KeyStore, method: 'read'): Promise<void> {
  const original = store[method].bind(store);
  return new Promise((resolve) => {
    const spy = jest.spyOn(store, method).mockImplementation(async (request) => {
      const state = await original(request);
      spy.mockRestore();
      resolve();
      return state;
    });
  });
}
