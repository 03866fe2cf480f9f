import { createECDH } from 'node:crypto';
import { register } from 'prom-client';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import { newEvent } from '@convene/messaging/outbox/append';
import type { Outbox } from '@convene/messaging/outbox/outbox';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareQueue } from '@convene/messaging/topology/declare';
import { newId } from '@convene/prisma/ids';
import { PUSHES_IN_WORK, WebPush } from '@convene/web-push/web-push';
import { NotifyAddresseeWhenFriendshipRequested } from '../reactions/notify-addressee-when-friendship-requested';
import { SendWebPush } from '../reactions/send-web-push';
import { Browser, PushService, Tarpit } from '../test-support/push-service';
import { FailingSubscriptions } from './failing-subscriptions';

const AT_TARPIT = 60;
/** A message took 20 s while sixty pushes waited in its queue; alone it takes some hundredths, on a busy machine half a second. */
const SOON_MS = 3_000;

let harness: MessagingHarness;
let outbox: Outbox;
let service: PushService;
let tarpit: Tarpit;
let ana: string;
let bo: string;

beforeAll(async () => {
  [harness, service, tarpit] = await Promise.all([MessagingHarness.create(), PushService.start(), Tarpit.start()]);
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const webPush = new WebPush({
    publicKey: ecdh.getPublicKey('base64url'),
    privateKey: ecdh.getPrivateKey('base64url'),
    subject: 'mailto:operator@example.com',
    ...{ allowAny: true, allowedHosts: [], pauseMs: 300 },
  });
  // The queue of the frames, without a consumer here, so that the spec can read them.
  await declareQueue(harness.channel, 'notifications.realtimes', { maxAttempts: 3, baseMs: 50 });
  await harness.worker(['events', 'effects.pushes'], [NotifyAddresseeWhenFriendshipRequested, SendWebPush], {
    providers: [FailingSubscriptions, { provide: WebPush, useValue: webPush }],
    baseMs: 300,
    prefetchOf: { 'effects.pushes': PUSHES_IN_WORK },
  });
  ({ outbox } = await harness.writer());
  [ana, bo] = [await harness.user('ana'), await harness.user('bo')];
}, 60_000);
afterAll(async () => {
  await Promise.all([tarpit.stop(), service.stop()]);
  await harness.close();
});

async function subscribe(endpoint: string): Promise<string> {
  const [id, sessionId] = [newId(), newId()];
  const expiresAt = new Date(Date.now() + 3_600_000);
  await harness.prisma.session.create({ data: { id: sessionId, userId: bo, expiresAt } });
  const { keys } = new Browser();
  await harness.prisma.pushSubscription.create({ data: { id, userId: bo, sessionId, endpoint, keys } });
  return id;
}

/** Milliseconds from an event to the frame of its notification. */
async function messageTime(): Promise<number> {
  const friendshipId = newId();
  const started = performance.now();
  await outbox.transaction((_, append) =>
    append(
      FriendshipRequested,
      { friendshipId, requesterId: ana, addresseeId: bo, requesterName: 'Ana' },
      { actorId: ana },
    ),
  );
  await until(() => harness.channel.get('notifications.realtimes', { noAck: true }));
  return performance.now() - started;
}

/** One push to each of bo's subscriptions is due. */
async function requestPushes(ids: readonly string[]): Promise<void> {
  const { lastSeq } = await harness.prisma.inboxCounter.findUniqueOrThrow({ where: { userId: bo } });
  const range = { userId: bo, fromSeq: 1, toSeq: Number(lastSeq) };
  const facts = { actorId: null };
  await outbox.transaction((_, append) =>
    append.all(ids.map((subscriptionId) => newEvent(WebPushRequested, { ...range, subscriptionId }, facts))),
  );
}

const openBreakers = async () =>
  Number(/foreign_host_breakers_open\{kind="web_push".*\} (\d+)/.exec(await register.metrics())?.[1]);

it('a slow push service delays neither messages nor other pushes, and receives its pushes when it answers again', async () => {
  await messageTime();
  const stuck = await Promise.all(Array.from({ length: AT_TARPIT }, (_, n) => subscribe(tarpit.url(`/${n}`))));
  await requestPushes(stuck);
  await until(() => tarpit.holding > 0);

  const paths = Array.from({ length: 5 }, (_, n) => `/${n}-${newId()}`);
  await requestPushes(await Promise.all(paths.map((path) => subscribe(service.url(path)))));
  const started = performance.now();
  const pushTime = until(() => paths.every((path) => service.pushed.some((push) => push.path === path))).then(
    () => performance.now() - started,
  );
  const times = [];
  for (let n = 0; n < 10; n++) times.push(await messageTime());
  expect(Math.max(...times)).toBeLessThan(SOON_MS);
  expect(await pushTime).toBeLessThan(SOON_MS);
  // Never more than its share, although sixty pushes want to go there.
  expect(tarpit.holding).toBeLessThanOrEqual(2);

  await until(async () => (await openBreakers()) === 1);
  tarpit.recover();
  // No attempt was counted while it did not answer: all wait for it, and none is dead.
  const all = AT_TARPIT + paths.length;
  await until(
    async () =>
      (await harness.prisma.processedReaction.count({ where: { reaction: 'send-web-push', state: 'done' } })) === all,
  );
  expect(await openBreakers()).toBe(0);
  expect(await harness.drain('effects.pushes.dlq')).toEqual([]);
  expect(await harness.prisma.pushSubscription.count({ where: { failures: { gt: 0 } } })).toBe(0);
  expect(paths.map((path) => service.pushed.filter((push) => push.path === path).length)).toEqual([1, 1, 1, 1, 1]);
}, 60_000);
