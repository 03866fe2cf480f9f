import type { PushSubscriptionView } from '@convene/contracts/http/me';
import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createECDH, randomBytes } from 'node:crypto';
import { Api, type Person } from '../../spec/api';

const browserKey = () => {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return ecdh.getPublicKey('base64url');
};
const VAPID_PUBLIC_KEY = browserKey();

let database: TestDatabase;
let api: Api;
let ana: Person;
let bo: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await Api.start({ DATABASE_URL: database.url, VAPID_PUBLIC_KEY });
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
const list = async ({ token }: Person) => (await api.get(path, { token })).body.data as PushSubscriptionView[];

it('lists a person’s browsers, and the key to subscribe with', async () => {
  const { status, body } = await add(ana, subscription());
  expect(status).toBe(201);
  expect(await api.get(path, { token: ana.token })).toMatchObject({
    body: { data: [body], applicationServerKey: VAPID_PUBLIC_KEY },
  });
  expect(JSON.stringify(await list(ana))).not.toContain('p256dh');
  expect(await list(bo)).toEqual([]);
});

it('replaces the keys of one that is repeated', async () => {
  const first = await add(ana, subscription());
  const again = subscription(first.body.endpoint as string);
  expect((await add(ana, again)).body.id).toBe(first.body.id);
  expect(await list(ana)).toHaveLength(1);
  expect(await api.prisma.pushSubscription.findUnique({ where: { endpoint: again.endpoint } })).toMatchObject({
    keys: again.keys,
  });
});

it('moves a browser to who subscribes with it last, under another id', async () => {
  const { body } = await add(ana, subscription());
  const moved = await add(bo, subscription(body.endpoint as string));
  expect(moved.body.id).not.toBe(body.id);
  expect([await list(ana), await list(bo)]).toEqual([[], [moved.body]]);
});

it('keeps the newest twenty, also of a hundred at once', async () => {
  const first = await add(ana, subscription());
  await Promise.all(Array.from({ length: 100 }, () => add(ana, subscription())));
  const kept = await list(ana);
  expect(kept).toHaveLength(20);
  expect(kept.map(({ id }) => id)).not.toContain(first.body.id);
  const last = await add(ana, subscription());
  expect((await list(ana)).at(-1)?.id).toBe(last.body.id);
}, 60_000);

it('removes one by id or endpoint, of one’s own', async () => {
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
])('does not take %s for a push service', async (to) => {
  expect(await add(ana, subscription(to))).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_FAILED', errors: [{ field: 'endpoint' }] },
  });
  expect(await list(ana)).toEqual([]);
});

it('says so where web push is not configured', async () => {
  const without = await Api.start({ DATABASE_URL: database.url });
  const sent = { token: (await without.person('Zoe')).token };
  expect(await without.get(path, sent)).toMatchObject({ body: { data: [], applicationServerKey: null } });
  expect(await without.post(path, { ...sent, body: subscription() })).toMatchObject({
    status: 501,
    body: { code: 'WEB_PUSH_NOT_CONFIGURED' },
  });
  await without.stop();
});
