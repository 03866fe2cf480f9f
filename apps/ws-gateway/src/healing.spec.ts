import { request } from 'node:http';
import type { Unread } from '@convene/contracts/frames';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { HealthRegistry } from '@convene/observability/health';
import { FrameSubscriber } from '@convene/realtime/frames';
import type { TestUser } from '@convene/testing/inbox-rows';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { Drain } from './connections/drain';
import { GatewayHarness } from './test-support/gateway-harness';

jest.setTimeout(30_000);

let database: TestDatabase;
let proxy: TcpProxy;
let direct: string;
let ana: TestUser;

beforeAll(async () => {
  database = await createTestDatabase();
  direct = (await createTestRedis()).url;
  proxy = await TcpProxy.to(direct);
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

describe('the comparison with PostgreSQL', () => {
  let harness: GatewayHarness;
  beforeAll(async () => {
    const env = { WS_COMPARE_INTERVAL_MS: '200' };
    harness = await GatewayHarness.start({ databaseUrl: database.url, redisUrl: proxy.url, env });
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    ana = await harness.rows.user();
  });

  it('finds frames that were never published, with their unread count', async () => {
    const client = await harness.live(ana);
    const [first] = await harness.rows.notifications(ana, 2);
    expect(await client.upTo(2)).toEqual([1, 2]);
    expect(client.framesOf('notifications.created')[0]).toEqual(first);
    const newest = await client.first('notifications.updated', ({ unread }) => (unread as Unread).version === 2);
    expect(newest).toEqual({ unread: { count: 2, version: 2 } });
  });

  it('finds gained and lost memberships', async () => {
    await harness.live(ana);
    const company = await harness.rows.company(ana);
    const isIn = () => harness.roomsOf(0, ana).includes(companyRoom(company));
    await harness.compared(0, isIn);
    await harness.rows.remove(company, ana);
    await harness.compared(0, () => !isIn());
  });

  it('resets all streams when an operator has restored an old backup', async () => {
    const client = await harness.live(ana);
    await harness.rows.query(`UPDATE inbox_epoch SET epoch = 'restored'`);
    expect(await client.received('session.closing')).toMatchObject({ code: 'INBOX_RESTARTED', reconnect: true });
    const { epoch } = client.framesOf('session.ready')[0] ?? {};
    const [now] = await harness.rows.query<{ epoch: string }>('SELECT current_inbox_epoch() AS epoch');
    const again = await harness.live(ana, { auth: { lastSeq: 0, epoch } });
    expect(await again.received('session.ready')).toMatchObject({ recovered: false, epoch: now?.epoch });
    expect(now?.epoch).not.toBe(epoch);
  });
});

describe('a database restored to a state older than the sent frames', () => {
  let harness: GatewayHarness;
  beforeAll(async () => {
    harness = await GatewayHarness.start({ databaseUrl: database.url, redisUrl: direct });
  });
  afterAll(() => harness.stop());

  /** A device that was sent three, of which the database has lost two. */
  const rewound = async () => {
    ana = await harness.rows.user();
    const client = await harness.live(ana);
    for (const frame of await harness.rows.notifications(ana, 3)) {
      await harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame);
    }
    await client.upTo(3);
    await harness.rows.query(`DELETE FROM notifications WHERE recipient_user_id = '${ana.id}' AND seq > 1`);
    await harness.rows.query(
      `UPDATE inbox_counters SET last_seq = 1, unread_count = 1, version = 1 WHERE user_id = '${ana.id}'`,
    );
    return client;
  };

  const startsAnew = async () => {
    const again = await harness.live(ana, { auth: { lastSeq: 3 } });
    const ready = { recovered: false, headSeq: 2, unread: { count: 2, version: 2 } };
    expect(await again.received('session.ready')).toMatchObject(ready);
    const next = await harness.rows.notification(ana);
    await harness.publisher.emit(userRoom(ana.id), 'notifications.created', next);
    expect(await again.upTo(3)).toEqual([3]);
  };

  it('ends the streams of devices when it assigns a seq again', async () => {
    const client = await rewound();
    const reused = await harness.rows.notification(ana);
    expect(reused.seq).toBe(2);
    await harness.publisher.emit(userRoom(ana.id), 'notifications.created', reused);
    expect(await client.received('session.closing')).toMatchObject({ code: 'INBOX_RESTARTED', reconnect: true });
    await startsAnew();
  });

  it('ends the streams of devices when inboxes are compared', async () => {
    const client = await rewound();
    await harness.compared(0, () => client.framesOf('session.closing').length > 0);
    expect(client.framesOf('session.closing')[0]).toMatchObject({ code: 'INBOX_RESTARTED', reconnect: true });
    await harness.rows.notification(ana);
    await startsAnew();
  });

  it('is not detected from an answer older than later frames, nor from a duplicate frame', async () => {
    ana = await harness.rows.user();
    const client = await harness.live(ana);
    for (let round = 0; round < 20; round++) {
      const compared = harness.compared(0, () => client.seqs.length > round);
      const frame = await harness.rows.notification(ana);
      for (let copy = 0; copy < 3; copy++)
        await harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame);
      await compared;
    }
    expect(await client.upTo(20)).toHaveLength(20);
    await harness.compared(0, () => true);
    expect(client.framesOf('session.closing')).toEqual([]);
  });
});

/** Less than the harness's interval of comparison, so the frames that arrive were read because Redis is down. */
describe.each(['on', 'off'])('without Redis, with the adapter %s', (adapter) => {
  const env = { USE_WS_REDIS_ADAPTER: adapter };

  it('a gateway serves degraded, and receives frames again when Redis is back', async () => {
    const harness = await GatewayHarness.start({ databaseUrl: database.url, redisUrl: proxy.url, env });
    ana = await harness.rows.user();
    const health = harness.gateways[0]!.get(HealthRegistry);
    const before = await harness.live(ana);
    expect((await health.report()).status).toBe('ok');

    proxy.cut();
    const [first] = await harness.rows.notifications(ana, 1);
    await harness.publisher.emit(userRoom(ana.id), 'notifications.created', first!);
    expect(await before.upTo(1)).toEqual([1]);
    const during = await harness.live(ana, { auth: { lastSeq: 0 } });
    expect(await during.upTo(1)).toEqual([1]);
    expect(await health.report()).toMatchObject({ status: 'degraded', checks: { redis: { status: 'down' } } });
    // Strangers learn no more than a reason.
    const report = (await (await fetch(`${harness.url()}/health`)).json()) as { checks: Record<string, object> };
    expect(Object.keys(report.checks['redis']!).sort()).toEqual(['latencyMs', 'reason', 'status']);

    const back = new Promise<void>((resolve) => harness.gateways[0]!.get(FrameSubscriber).onRecovered(resolve));
    const publisherBack = harness.publisherReady();
    proxy.restore();
    await Promise.all([back, publisherBack]);
    const frame = { ...(await harness.rows.notification(ana)), traceId: 'sent live' };
    await harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame);
    for (const client of [before, during]) {
      await client.upTo(2);
      expect(client.framesOf('notifications.created').at(-1)).toEqual(frame);
    }
    await harness.stop();
  });

  it('a gateway boots and serves degraded, and receives frames once Redis is available', async () => {
    proxy.cut();
    const harness = await GatewayHarness.start({
      databaseUrl: database.url,
      redisUrl: proxy.url,
      publisherUrl: direct,
      env,
    });
    const health = async () => {
      const answer = await fetch(`${harness.url()}/health/ready`);
      return { ready: answer.ok, ...((await answer.json()) as { status: string }) };
    };
    const down = { redis: { status: 'down' }, frames: { status: 'down' }, postgresql: { status: 'ok' } };
    expect(await health()).toMatchObject({ ready: true, status: 'degraded', checks: down });
    ana = await harness.rows.user();
    const company = await harness.rows.company(ana);
    const client = await harness.live(ana);
    const [unheard] = await harness.rows.notifications(ana, 1);
    await harness.publisher.emit(userRoom(ana.id), 'notifications.created', { ...unheard!, traceId: 'sent live' });
    expect(await client.upTo(1)).toEqual([1]);
    expect(client.framesOf('notifications.created')).toEqual([unheard]);

    const heard = new Promise<void>((resolve) => harness.gateways[0]!.get(FrameSubscriber).onRecovered(resolve));
    proxy.restore();
    await heard;
    // The connection for commands may come back a moment later.
    while ((await health()).status !== 'ok');
    const frame = { ...(await harness.rows.notification(ana)), traceId: 'sent live' };
    await harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame);
    await client.upTo(2);
    expect(client.framesOf('notifications.created')[1]).toEqual(frame);
    const hint = { eventId: 'a hint', companyId: company, version: 1 };
    await harness.publisher.emit(companyRoom(company), 'companies.updated', hint);
    expect(await client.received('companies.updated')).toEqual(hint);
    await harness.stop();
  });
});

/** The status of the answer to a WebSocket handshake, or none where the connection ends without one. */
function answerToUpgrade(url: string): Promise<number | 'none' | undefined> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'c3BlYw==',
    'sec-websocket-version': '13',
  };
  return new Promise((resolve) => {
    const asked = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers });
    asked.on('response', ({ statusCode }) => resolve(statusCode));
    asked.on('upgrade', ({ statusCode }) => resolve(statusCode));
    asked.on('error', () => resolve('none'));
    asked.end();
  });
}

describe('a node that drains', () => {
  it('sends every client the time to reconnect, is not ready, and accepts no connection', async () => {
    const harness = await GatewayHarness.start({ databaseUrl: database.url, redisUrl: proxy.url });
    ana = await harness.rows.user();
    const clients = [await harness.live(ana), await harness.live(await harness.rows.user())];
    const gone = clients.map((client) => client.disconnected());
    await harness.gateways[0]!.get(Drain).execute();
    for (const client of clients) {
      const closing = await client.received('session.closing');
      expect(closing).toMatchObject({ code: 'GOING_AWAY', reconnect: true });
      expect(closing.retryAfterMs).toBeLessThanOrEqual(1_000);
    }
    await Promise.all(gone);
    await (await harness.client(ana)).refused();
    expect(await answerToUpgrade(harness.url())).toBe('none');
    const ready = await fetch(`${harness.url()}/health/ready`);
    expect(ready.status).toBe(503);
    expect((await fetch(`${harness.url()}/health/live`)).status).toBe(200);
    await harness.stop();
  });
});
