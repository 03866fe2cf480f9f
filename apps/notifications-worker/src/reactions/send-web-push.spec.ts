import type { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { OfflineHarness } from '../test-support/offline-harness';
import { Browser, PushService } from '../test-support/push-service';

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
let harness: OfflineHarness;
let service: PushService;
let bo: string;

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
  harness = new OfflineHarness(prisma, db);
  service = await PushService.start();
});
beforeEach(async () => {
  await prisma.inboxCounter.deleteMany();
  bo = await harness.person();
});
afterAll(async () => {
  await service.stop();
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const later = () => new Date(Date.now() + 60_000);
/** @returns the path its pushes come to. */
async function subscribe({ keys }: Pick<Browser, 'keys'>, over = {}): Promise<string> {
  const [path, sessionId] = [`/${newId()}`, newId()];
  await prisma.session.create({ data: { id: sessionId, userId: bo, expiresAt: later(), ...over } });
  const data = { id: newId(), userId: bo, sessionId, endpoint: service.url(path), keys };
  await prisma.pushSubscription.create({ data });
  return path;
}
const pushedTo = (path: string) => service.pushed.filter((pushed) => pushed.path === path);
const subscriptions = () => prisma.pushSubscription.count({ where: { userId: bo } });
const requested = (fromSeq: number, toSeq: number) => ({
  type: 'web_pushes.requested',
  payload: { userId: bo, fromSeq, toSeq },
});
/** Each event by itself, as the queue does. @returns what came of them: undefined, or why it is tried again. */
const reactEach = (events: Awaited<ReturnType<OfflineHarness['pass']>>) =>
  Promise.all(events.map((event) => harness.react([event]).then(undefined, (error: ForeignHostUnavailable) => error)));
const failuresOf = async (path: string) => {
  const row = await prisma.pushSubscription.findUnique({ where: { endpoint: service.url(path) } });
  return row && { failures: row.failures, since: row.failedSince !== null };
};
const DAY_MS = 86_400_000;

it('a web push covers ten seconds of notifications, encrypted for each browser', async () => {
  const browsers = [new Browser(), new Browser()];
  const paths = [];
  for (const browser of browsers) paths.push(await subscribe(browser));
  const events = await harness.notify(bo, [11, 5, 1]);
  const asked = await harness.pass();
  expect(asked).toMatchObject([requested(1, 3), requested(1, 3)]);
  await harness.react(asked);
  for (const [n, browser] of browsers.entries()) {
    const [push, ...more] = pushedTo(paths[n] ?? '');
    expect(more).toEqual([]);
    expect(push?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', topic: 'inbox' });
    expect(push?.headers.authorization).toMatch(/^vapid t=.+, ?k=.+/);
    expect(push?.body.toString('latin1')).not.toContain('Acme');
    const newest = { id: events[2], code: 'COMPANY_DELETED', params: { companyName: 'Acme 2' } };
    expect(browser.decrypt(push?.body ?? Buffer.alloc(0))).toEqual({ count: 3, seq: 3, newest });
  }
  expect(await harness.steps(events)).toEqual(['pushed WEB_PUSH', 'pushed WEB_PUSH', 'pushed WEB_PUSH']);
  expect(await harness.pass()).toEqual([]);
});

it('a web push leaves out notifications that are acknowledged or switched off', async () => {
  const path = await subscribe(new Browser());
  await prisma.preference.create({
    data: { userId: bo, code: 'COMPANY_DELETED', channel: 'WEB_PUSH', enabled: false },
  });
  await harness.device(bo, 1);
  const events = await harness.notify(bo, [30, 20]);
  expect(await harness.pass()).toEqual([]);
  expect(await harness.steps(events)).toEqual(['withheld WEB_PUSH muted']);
  await harness.react([requested(1, 2)]);
  expect(pushedTo(path)).toEqual([]);
});

it.each([
  ['has expired', { expiresAt: new Date() }],
  ['is revoked', { revokedAt: new Date() }],
])('a web push is not sent to a browser whose session %s, and is sent to the others', async (_, ended) => {
  const stale = await subscribe(new Browser(), ended);
  const events = await harness.notify(bo, [30]);
  expect(await harness.pass()).toEqual([]);
  expect(await harness.steps(events)).toEqual(['withheld WEB_PUSH no_subscription']);
  const there = await subscribe(new Browser());
  await harness.react([requested(1, 1)]);
  expect([pushedTo(stale), pushedTo(there)]).toMatchObject([[], [{}]]);
});

it('a web push is withheld where web push is not configured', async () => {
  await subscribe(new Browser());
  const events = await harness.notify(bo, [30]);
  await new OfflineHarness(prisma, db, { webPush: false }).pass();
  expect(await harness.steps(events)).toEqual(['withheld WEB_PUSH not_configured']);
});

it.each([404, 410])('a subscription that is gone (%i) is deleted, and the other pushes are sent', async (status) => {
  const [gone, there] = [await subscribe(new Browser()), await subscribe(new Browser())];
  service.answer(gone, status);
  await harness.notify(bo, [30]);
  await harness.react(await harness.pass());
  expect(pushedTo(there)).toHaveLength(1);
  expect(await subscriptions()).toBe(1);
  await harness.react([requested(1, 1)]);
  expect(pushedTo(gone)).toHaveLength(1);
});

it('a subscription with invalid keys is deleted', async () => {
  await subscribe({ keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) } });
  await harness.notify(bo, [30]);
  await harness.react(await harness.pass());
  expect(await subscriptions()).toBe(0);
});

it('a push that a push service refuses for now is retried without repeating the others', async () => {
  const [broken, there] = [await subscribe(new Browser()), await subscribe(new Browser())];
  service.answer(broken, 503);
  await harness.notify(bo, [30]);
  const asked = await harness.pass();
  const outcomes = await reactEach(asked);
  const failed = asked.filter((_, index) => outcomes[index]);
  expect(failed).toHaveLength(1);
  // Not an attempt that counts: the pipeline waits for the push service as it waits for a database.
  expect(outcomes.find(Boolean)).toMatchObject({ transient: true, message: expect.stringContaining('503') });
  expect(await failuresOf(broken)).toEqual({ failures: 1, since: true });

  service.answer(broken, 201);
  await reactEach(failed);
  expect([pushedTo(broken).length, pushedTo(there).length]).toEqual([2, 1]);
  expect(await failuresOf(broken)).toEqual({ failures: 0, since: false });
});

it('an event of an earlier version, which names no browser, pushes to all', async () => {
  const paths = [await subscribe(new Browser()), await subscribe(new Browser())];
  await harness.notify(bo, [30]);
  await harness.react([requested(1, 1)]);
  expect(paths.map((path) => pushedTo(path).length)).toEqual([1, 1]);
});

it('a push that is a day old is dropped, and its notification stays in the inbox', async () => {
  const path = await subscribe(new Browser());
  await harness.notify(bo, [30]);
  const [push] = await harness.pass();
  if (!push) throw new Error('No push was requested');
  await harness.react([{ ...push, occurredAt: new Date(Date.now() - DAY_MS - 1_000).toISOString() }]);
  expect(pushedTo(path)).toEqual([]);
});

describe('a push subscription that keeps failing', () => {
  const fail = async (status: number, data: { failures: number; failedSince: Date }) => {
    const path = await subscribe(new Browser());
    await prisma.pushSubscription.update({ where: { endpoint: service.url(path) }, data });
    service.answer(path, status);
    await harness.notify(bo, [30]);
    const [outcome] = await reactEach(await harness.pass());
    return { path, outcome };
  };
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

  it.each([503, 403])('is deleted after ten failures over seven days (%i), and its push is done', async (status) => {
    const { outcome } = await fail(status, { failures: 9, failedSince: ago(7.1) });
    expect([outcome, await subscriptions()]).toEqual([undefined, 0]);
  });

  it('stays for seven days, however often it fails', async () => {
    const { path, outcome } = await fail(503, { failures: 500, failedSince: ago(6.9) });
    expect(outcome).toMatchObject({ transient: true });
    expect(await failuresOf(path)).toEqual({ failures: 501, since: true });
  });

  it('stays for ten failures, however long ago the first was', async () => {
    const { path } = await fail(503, { failures: 8, failedSince: ago(300) });
    expect(await failuresOf(path)).toEqual({ failures: 9, since: true });
  });
});

it('a web push with too much text is shortened', async () => {
  const browser = new Browser();
  const path = await subscribe(browser);
  const params = { senderName: 'Ana', companyName: null, text: 'x'.repeat(4_000) };
  await harness.notify(bo, [30], { code: 'MESSAGE', params });
  await harness.react(await harness.pass());
  expect(browser.decrypt(pushedTo(path)[0]?.body ?? Buffer.alloc(0))).toMatchObject({
    newest: { code: 'MESSAGE', params: {} },
  });
});
