import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import type { Unread } from '@convene/contracts/frames';
import { HealthRegistry } from '@convene/observability/health';
import { FrameSubscriber } from '@convene/realtime/frames';
import type { TestUser } from '@convene/testing/inbox-rows';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { GatewayRig } from './rig/gateway-rig';
import { RedisProxy } from './rig/redis-proxy';
import { Drain } from './connections/drain';

jest.setTimeout(30_000);

let database: TestDatabase;
let proxy: RedisProxy;
let direct: string;
let ana: TestUser;

beforeAll(async () => {
  database = await createTestDatabase();
  direct = (await createTestRedis()).url;
  proxy = await RedisProxy.before(direct);
});
afterAll(async () => {
  await proxy.stop();
  await database.drop();
});

describe('the comparison with PostgreSQL', () => {
  let rig: GatewayRig;
  beforeAll(async () => {
    const env = { WS_COMPARE_INTERVAL_MS: '200' };
    rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl: proxy.url, env });
  });
  afterAll(() => rig.stop());
  beforeEach(async () => {
    ana = await rig.rows.user();
  });

  it('finds frames that were never published, and the unread count that goes with them', async () => {
    const client = await rig.live(ana);
    const [first] = await rig.rows.notifications(ana, 2);
    expect(await client.upTo(2)).toEqual([1, 2]);
    expect(client.framesOf('notifications.created')[0]).toEqual(first);
    const newest = await client.first('notifications.updated', ({ unread }) => (unread as Unread).version === 2);
    expect(newest).toEqual({ unread: { count: 2, version: 2 } });
  });

  it('finds memberships gained and lost', async () => {
    await rig.live(ana);
    const company = await rig.rows.company(ana);
    const isIn = () => rig.roomsOf(0, ana).includes(companyRoom(company));
    await rig.compared(0, isIn);
    await rig.rows.remove(company, ana);
    await rig.compared(0, () => !isIn());
  });

  it('sends everybody back to the start when an operator has restored an old backup', async () => {
    const client = await rig.live(ana);
    await rig.rows.query(`UPDATE inbox_epoch SET epoch = 'restored'`);
    expect(await client.received('session.closing')).toMatchObject({ code: 'INBOX_RESTARTED', reconnect: true });
    const { epoch } = client.framesOf('session.ready')[0] ?? {};
    const again = await rig.live(ana, { auth: { lastSeq: 0, epoch } });
    expect(await again.received('session.ready')).toMatchObject({ recovered: false, epoch: 'restored' });
  });
});

describe('a database that went back behind what devices were sent', () => {
  let rig: GatewayRig;
  beforeAll(async () => {
    rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl: direct });
  });
  afterAll(() => rig.stop());

  /** A device that was sent three, of which the database has lost two. */
  const rewound = async () => {
    ana = await rig.rows.user();
    const client = await rig.live(ana);
    for (const frame of await rig.rows.notifications(ana, 3)) {
      await rig.bus.emit(userRoom(ana.id), 'notifications.created', frame);
    }
    await client.upTo(3);
    await rig.rows.query(`DELETE FROM notifications WHERE recipient_user_id = '${ana.id}' AND seq > 1`);
    await rig.rows.query(
      `UPDATE inbox_counters SET last_seq = 1, unread_count = 1, version = 1 WHERE user_id = '${ana.id}'`,
    );
    return client;
  };

  const startsAnew = async () => {
    const again = await rig.live(ana, { auth: { lastSeq: 3 } });
    const ready = { recovered: false, headSeq: 2, unread: { count: 2, version: 2 } };
    expect(await again.received('session.ready')).toMatchObject(ready);
    const next = await rig.rows.notification(ana);
    await rig.bus.emit(userRoom(ana.id), 'notifications.created', next);
    expect(await again.upTo(3)).toEqual([3]);
  };

  it('ends their streams when it gives a seq again', async () => {
    const client = await rewound();
    const reused = await rig.rows.notification(ana);
    expect(reused.seq).toBe(2);
    await rig.bus.emit(userRoom(ana.id), 'notifications.created', reused);
    expect(await client.received('session.closing')).toMatchObject({ code: 'INBOX_RESTARTED', reconnect: true });
    await startsAnew();
  });

  it('ends their streams when inboxes are compared', async () => {
    const client = await rewound();
    await rig.compared(0, () => client.framesOf('session.closing').length > 0);
    expect(client.framesOf('session.closing')[0]).toMatchObject({ code: 'INBOX_RESTARTED', reconnect: true });
    await rig.rows.notification(ana);
    await startsAnew();
  });

  it('is not one whose answer is older than the frames that came meanwhile, nor one that sends a frame twice', async () => {
    ana = await rig.rows.user();
    const client = await rig.live(ana);
    for (let round = 0; round < 20; round++) {
      const compared = rig.compared(0, () => client.seqs.length > round);
      const frame = await rig.rows.notification(ana);
      for (let copy = 0; copy < 3; copy++) await rig.bus.emit(userRoom(ana.id), 'notifications.created', frame);
      await compared;
    }
    expect(await client.upTo(20)).toHaveLength(20);
    await rig.compared(0, () => true);
    expect(client.framesOf('session.closing')).toEqual([]);
  });
});

/** Less than the rig's interval of comparison, so what arrives was looked for because Redis is gone. */
describe.each(['on', 'off'])('without Redis, with the adapter %s', (adapter) => {
  const env = { USE_WS_REDIS_ADAPTER: adapter };

  it('a gateway serves on, degraded, and hears again when Redis is back', async () => {
    const rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl: proxy.url, env });
    ana = await rig.rows.user();
    const health = rig.gateways[0]!.get(HealthRegistry);
    const before = await rig.live(ana);
    expect((await health.report()).status).toBe('ok');

    await proxy.cut();
    const [first] = await rig.rows.notifications(ana, 1);
    await rig.bus.emit(userRoom(ana.id), 'notifications.created', first!);
    expect(await before.upTo(1)).toEqual([1]);
    const during = await rig.live(ana, { auth: { lastSeq: 0 } });
    expect(await during.upTo(1)).toEqual([1]);
    expect(await health.report()).toMatchObject({ status: 'degraded', checks: { redis: { status: 'down' } } });
    // Strangers learn no more than a reason.
    const told = (await (await fetch(`${rig.url()}/health`)).json()) as { checks: Record<string, object> };
    expect(Object.keys(told.checks['redis']!).sort()).toEqual(['latencyMs', 'reason', 'status']);

    const back = new Promise<void>((resolve) => rig.gateways[0]!.get(FrameSubscriber).onRecovered(resolve));
    const publisherBack = rig.publisherReady();
    await proxy.restore();
    await Promise.all([back, publisherBack]);
    const frame = { ...(await rig.rows.notification(ana)), traceId: 'heard live' };
    await rig.bus.emit(userRoom(ana.id), 'notifications.created', frame);
    for (const client of [before, during]) {
      await client.upTo(2);
      expect(client.framesOf('notifications.created').at(-1)).toEqual(frame);
    }
    await rig.stop();
  });

  it('a gateway boots, serves, says so in its health, and hears when Redis has come', async () => {
    await proxy.cut();
    const rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl: proxy.url, publisherUrl: direct, env });
    const health = async () => {
      const answer = await fetch(`${rig.url()}/health/ready`);
      return { ready: answer.ok, ...((await answer.json()) as { status: string }) };
    };
    const down = { redis: { status: 'down' }, frames: { status: 'down' }, postgresql: { status: 'ok' } };
    expect(await health()).toMatchObject({ ready: true, status: 'degraded', checks: down });
    ana = await rig.rows.user();
    const company = await rig.rows.company(ana);
    const client = await rig.live(ana);
    const [unheard] = await rig.rows.notifications(ana, 1);
    await rig.bus.emit(userRoom(ana.id), 'notifications.created', { ...unheard!, traceId: 'heard live' });
    expect(await client.upTo(1)).toEqual([1]);
    expect(client.framesOf('notifications.created')).toEqual([unheard]);

    const heard = new Promise<void>((resolve) => rig.gateways[0]!.get(FrameSubscriber).onRecovered(resolve));
    await proxy.restore();
    await heard;
    // The connection for commands may come back a moment later.
    while ((await health()).status !== 'ok');
    const frame = { ...(await rig.rows.notification(ana)), traceId: 'heard live' };
    await rig.bus.emit(userRoom(ana.id), 'notifications.created', frame);
    await client.upTo(2);
    expect(client.framesOf('notifications.created')[1]).toEqual(frame);
    const hint = { eventId: 'a hint', companyId: company, version: 1 };
    await rig.bus.emit(companyRoom(company), 'companies.updated', hint);
    expect(await client.received('companies.updated')).toEqual(hint);
    await rig.stop();
  });
});

describe('a node that goes away', () => {
  it('tells every client when to come back, is not ready, and lets nobody in', async () => {
    const rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl: proxy.url });
    ana = await rig.rows.user();
    const clients = [await rig.live(ana), await rig.live(await rig.rows.user())];
    const gone = clients.map((client) => client.disconnected());
    await rig.gateways[0]!.get(Drain).execute();
    for (const client of clients) {
      const closing = await client.received('session.closing');
      expect(closing).toMatchObject({ code: 'GOING_AWAY', reconnect: true });
      expect(closing.retryAfterMs).toBeLessThanOrEqual(1_000);
    }
    await Promise.all(gone);
    await (await rig.client(ana)).refused();
    const ready = await fetch(`${rig.url()}/health/ready`);
    expect(ready.status).toBe(503);
    expect((await fetch(`${rig.url()}/health/live`)).status).toBe(200);
    await rig.stop();
  });
});
