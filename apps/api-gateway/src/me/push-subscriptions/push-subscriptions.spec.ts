import { createECDH, randomBytes } from 'node:crypto';
import type { PushSubscriptionView } from '@convene/contracts/http/me';
import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ApiHarness, type Person } from '../../test-support/api-harness';

const browserKey = () => {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return ecdh.getPublicKey('base64url');
};
const VAPID_PUBLIC_KEY = browserKey();

let database: TestDatabase;
let api: ApiHarness;
let ana: Person;
let bo: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await ApiHarness.start({ DATABASE_URL: database.url, VAPID_PUBLIC_KEY });
});
beforeEach(async () => {
  [ana, bo] = [await api.person('Ana'), await api.person('Bo')];
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const endpoint = () => `https://push.services.mozilla.com/wpush/v2/${newId()}`;
const subscription = (to = endpoint()) => ({
  endpoint: to,
  expirationTime: null,
  keys: { p256dh: browserKey(), auth: randomBytes(16).toString('base64url') },
});
const path = 'me/push-subscriptions';
const add = ({ token }: Person, body: object) => api.post(path, { token, body });
const remove = ({ token }: Person, body: object) => api.send('DELETE', path, { token, body });
const rowOf = (to: string) => api.prisma.pushSubscription.findUnique({ where: { endpoint: to } });
const expire = (id: string) => api.prisma.session.update({ where: { id }, data: { expiresAt: new Date() } });
const list = async ({ token }: Person) => (await api.get(path, { token })).body.data as PushSubscriptionView[];

it('push subscriptions are listed with the key to subscribe with', async () => {
  const { status, body } = await add(ana, subscription());
  expect(status).toBe(201);
  expect(await api.get(path, { token: ana.token })).toMatchObject({
    body: { data: [body], applicationServerKey: VAPID_PUBLIC_KEY },
  });
  expect(JSON.stringify(await list(ana))).not.toContain('p256dh');
  expect(await list(bo)).toEqual([]);
});

it('a repeated push subscription replaces its keys', async () => {
  const first = await add(ana, subscription());
  const again = subscription(first.body.endpoint as string);
  expect((await add(ana, again)).body.id).toBe(first.body.id);
  expect(await list(ana)).toHaveLength(1);
  expect(await api.prisma.pushSubscription.findUnique({ where: { endpoint: again.endpoint } })).toMatchObject({
    keys: again.keys,
  });
});

it('a push subscription with the same keys moves to the last account that subscribes, under a new id', async () => {
  const browser = subscription();
  const { body } = await add(ana, browser);
  const moved = await add(bo, browser);
  expect(moved.body.id).not.toBe(body.id);
  expect([await list(ana), await list(bo)]).toEqual([[], [moved.body]]);
});

it('a push subscription cannot be taken over with its endpoint and other keys', async () => {
  const browser = subscription();
  const { body } = await add(ana, browser);
  const taken = await add(bo, subscription(browser.endpoint));
  expect(taken).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED', errors: [{ field: 'endpoint' }] } });
  expect(JSON.stringify(taken.body)).not.toContain(ana.id);
  expect([await list(ana), await list(bo)]).toEqual([[body], []]);
  expect(await rowOf(browser.endpoint)).toMatchObject({ userId: ana.id, keys: browser.keys });
  await expire(ana.sessionId);
  expect((await add(bo, subscription(browser.endpoint))).status).toBe(201);
});

describe('a push subscription belongs to its session', () => {
  const login = async () => {
    const { accessToken: token, sessionId } = (await api.login(ana.email, ana.password)).body;
    return { ...ana, token, sessionId };
  };

  it('and moves to the session that subscribes again', async () => {
    const browser = subscription();
    const { body } = await add(ana, browser);
    const other = await login();
    expect((await add(other, browser)).body.id).toBe(body.id);
    expect(await rowOf(browser.endpoint)).toMatchObject({ sessionId: other.sessionId });
    await api.post('auth/logout', { token: ana.token });
    expect(await list(other)).toHaveLength(1);
  });

  const password = 'a new pass phrase';
  it.each<[string, () => Promise<{ status: number }>, number]>([
    ['a logout', () => api.post('auth/logout', { token: ana.token }), 1],
    ['a revocation', () => api.send('DELETE', `auth/sessions/${ana.sessionId}`, { token: ana.token }), 1],
    ['a logout everywhere', () => api.post('auth/logout-all', { token: ana.token }), 0],
    [
      'a change of password in another session',
      async () =>
        api.post('me/password', {
          token: (await login()).token,
          body: { currentPassword: ana.password, newPassword: password },
        }),
      0,
    ],
    [
      'a reset of the password',
      async () => {
        await api.post('auth/password/forgot', { body: { email: ana.email } });
        const token = await api.mailedToken(ana.id, 'RESET_PASSWORD');
        return api.post('auth/password/reset', { body: { token, password } });
      },
      0,
    ],
    [
      'the deletion of the account',
      () => api.send('DELETE', 'me', { token: ana.token, body: { password: ana.password } }),
      0,
    ],
  ])('and is deleted after %s', async (_, end, left) => {
    const other = await login();
    await add(other, subscription());
    const mine = subscription();
    await add(ana, mine);
    expect((await end()).status).toBe(204);
    expect(await rowOf(mine.endpoint)).toBeNull();
    expect(await api.prisma.pushSubscription.count({ where: { userId: ana.id } })).toBe(left);
  });

  it('and is not listed once the session has expired, nor created for a session that has ended', async () => {
    await add(ana, subscription());
    const other = await login();
    await expire(ana.sessionId);
    expect(await list(other)).toEqual([]);
    expect(await add(ana, subscription())).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
  });

  it('and does not outlive it when subscribing and logout race', async () => {
    for (let round = 0; round < 10; round++) {
      const other = await login();
      await Promise.all([add(other, subscription()), api.post('auth/logout', { token: other.token })]);
      expect(await api.prisma.pushSubscription.count({ where: { sessionId: other.sessionId } })).toBe(0);
    }
  });
});

it('a user keeps the newest twenty push subscriptions, also of a hundred at once', async () => {
  const first = await add(ana, subscription());
  await Promise.all(Array.from({ length: 100 }, () => add(ana, subscription())));
  const kept = await list(ana);
  expect(kept).toHaveLength(20);
  expect(kept.map(({ id }) => id)).not.toContain(first.body.id);
  const last = await add(ana, subscription());
  expect((await list(ana)).at(-1)?.id).toBe(last.body.id);
}, 60_000);

it('a push subscription is removed by id or endpoint, by its user only', async () => {
  const [one, two] = [await add(ana, subscription()), await add(ana, subscription())];
  expect(await remove(bo, { id: one.body.id })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await remove(bo, { endpoint: two.body.endpoint })).toMatchObject({ status: 404 });
  expect((await remove(ana, { id: one.body.id })).status).toBe(204);
  expect((await remove(ana, { endpoint: two.body.endpoint })).status).toBe(204);
  expect((await remove(ana, { id: one.body.id })).status).toBe(404);
  expect(await list(ana)).toEqual([]);
});

it.each([
  'https://169.254.169.254/latest',
  'https://localhost/x',
  'https://redis:6379/',
  'http://push.services.mozilla.com/x',
])('a push subscription to %s is refused', async (to) => {
  expect(await add(ana, subscription(to))).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_FAILED', errors: [{ field: 'endpoint' }] },
  });
  expect(await list(ana)).toEqual([]);
});

it('a push subscription is limited to the configured hosts, which the answer names', async () => {
  const WEB_PUSH_ALLOWED_HOSTS = 'updates.push.services.mozilla.com,*.googleapis.com';
  const listed = await ApiHarness.start({ DATABASE_URL: database.url, VAPID_PUBLIC_KEY, WEB_PUSH_ALLOWED_HOSTS });
  const { token } = await listed.person('Yan');
  const post = (to: string) => listed.post(path, { token, body: subscription(to) });
  const allowed = 'must be at a push service that is allowed here: updates.push.services.mozilla.com, *.googleapis.com';
  expect(await post(`https://push.elsewhere.dev/${newId()}`)).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_FAILED', errors: [{ field: 'endpoint', message: allowed }] },
  });
  expect((await post(`https://fcm.googleapis.com/fcm/send/${newId()}`)).status).toBe(201);
  await listed.stop();
});

it('a failing push subscription is reset when its browser subscribes again', async () => {
  const { body } = await add(ana, subscription());
  const failing = { failures: 30, failedSince: new Date(0) };
  await api.prisma.pushSubscription.update({ where: { id: body.id }, data: failing });
  await add(ana, subscription(body.endpoint as string));
  expect(await api.prisma.pushSubscription.findUnique({ where: { id: body.id } })).toMatchObject({
    failures: 0,
    failedSince: null,
  });
});

it('a push subscription is refused with a reason where web push is not configured', async () => {
  const without = await ApiHarness.start({ DATABASE_URL: database.url });
  const sent = { token: (await without.person('Zoe')).token };
  expect(await without.get(path, sent)).toMatchObject({ body: { data: [], applicationServerKey: null } });
  expect(await without.post(path, { ...sent, body: subscription() })).toMatchObject({
    status: 501,
    body: { code: 'WEB_PUSH_NOT_CONFIGURED' },
  });
  await without.stop();
});
