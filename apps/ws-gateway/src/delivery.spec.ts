import { userRoom } from '@convene/contracts/sockets/rooms';
import type { TestUser } from '@convene/testing/inbox-rows';
import { PrivateRedis, redisProgram, WITHOUT_SHARDED_PUBSUB } from '@convene/testing/private-redis';
import { GatewayHarness } from './test-support/gateway-harness';

jest.setTimeout(30_000);

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

const modes = [
  { title: 'on', adapter: 'on', old: false },
  { title: 'off', adapter: 'off', old: false },
  ...(redisProgram ? [{ title: 'on, before Redis 7', adapter: 'on', old: true }] : []),
];

describe.each(modes)('inbox frames, with the Redis adapter $title', ({ adapter, old }) => {
  let older: PrivateRedis | undefined;
  let harness: GatewayHarness;
  let ana: TestUser;

  beforeAll(async () => {
    if (old) older = await PrivateRedis.start(...WITHOUT_SHARDED_PUBSUB);
    const env = { USE_WS_REDIS_ADAPTER: adapter };
    harness = await GatewayHarness.start({ ...(older && { redisUrl: older.url }), gateways: 2, env });
  });
  afterAll(async () => {
    await harness.stop();
    await older?.kill();
  });
  beforeEach(async () => {
    ana = await harness.rows.user();
  });

  const publish = (frames: readonly object[]) =>
    Promise.all(frames.map((frame) => harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame)));

  it('begin after session.ready, live at the head without a position', async () => {
    await harness.rows.notifications(ana, 3);
    const client = await harness.live(ana);
    expect(client.log[0]).toEqual({
      event: 'session.ready',
      frame: {
        userId: ana.id,
        sessionId: ana.sessionId,
        epoch: expect.any(String) as string,
        recovered: false,
        headSeq: 3,
        unread: { count: 3, version: 3 },
        companies: {},
      },
    });
    const [frame] = await harness.rows.notifications(ana, 1);
    await publish([{ ...frame, traceId: 'abc', occurredAt: new Date().toISOString() }]);
    expect(await client.received('notifications.created')).toMatchObject({ ...frame, traceId: 'abc' });
  });

  it('reach every device once and in order when they arrive shuffled, duplicate and incomplete', async () => {
    const phone = await harness.live(ana, { gateway: 0 });
    const laptop = await harness.live(ana, { gateway: 1, transports: ['polling'] });
    const frames = await harness.rows.notifications(ana, 40);
    const heard = frames.filter(({ seq }) => seq % 7 !== 0);
    await publish([...heard.toReversed(), ...heard]);
    expect(await phone.upTo(40)).toEqual(upTo(40));
    expect(await laptop.upTo(40)).toEqual(upTo(40));
  });

  it('skip a notification that was deleted before it was delivered', async () => {
    const client = await harness.live(ana);
    const frames = await harness.rows.notifications(ana, 3);
    await harness.rows.query('UPDATE notifications SET deleted_at = now() WHERE event_id = $1', [frames[1]!.id]);
    await publish([frames[2]!]);
    expect(await client.upTo(3)).toEqual([1, 3]);
  });

  it('missed while a device was disconnected are replayed from its position', async () => {
    const before = await harness.live(ana);
    await publish(await harness.rows.notifications(ana, 2));
    await before.upTo(2);
    before.close();
    const missed = await harness.rows.notifications(ana, 5);
    await publish(missed);
    const { epoch } = before.framesOf('session.ready')[0]!;
    const after = await harness.live(ana, { gateway: 1, auth: { lastSeq: 2, epoch } });
    expect(await after.received('session.ready')).toMatchObject({ recovered: true, headSeq: 7 });
    expect(await after.upTo(7)).toEqual(upTo(7, 3));
    expect(after.framesOf('notifications.created')).toEqual(missed);
  });

  it('continue without a gap when events are committed during connect and replay', async () => {
    await harness.rows.notifications(ana, 100);
    const clients = [0, 1, 0, 1].map((gateway) => harness.client(ana, { gateway, auth: { lastSeq: 0 } }));
    for (let count = 0; count < 100; count += 1) void publish([await harness.rows.notification(ana)]);
    for (const client of await Promise.all(clients)) expect(await client.upTo(200)).toEqual(upTo(200));
  });

  it.each([
    ['comes from another lineage', { lastSeq: 2, epoch: 'another' }],
    ['claims more than there is', { lastSeq: 99 }],
  ])('start at the head, not recovered, when a device %s', async (_, auth) => {
    await harness.rows.notifications(ana, 3);
    const client = await harness.live(ana, { auth });
    expect(await client.received('session.ready')).toMatchObject({ recovered: false, headSeq: 3 });
    await publish(await harness.rows.notifications(ana, 1));
    expect(await client.upTo(4)).toEqual([4]);
  });

  it('start at the head, not recovered, when more is missed than a replay holds, and are replayed page by page otherwise', async () => {
    await harness.rows.query(
      `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params)
       SELECT gen_random_uuid(), $1, seq, 'MEMBER_JOINED', '{}' FROM generate_series(1, 5001) AS seq`,
      [ana.id],
    );
    await harness.rows.query('INSERT INTO inbox_counters VALUES ($1, 5001, 5001, 5001)', [ana.id]);
    expect(await (await harness.live(ana, { auth: { lastSeq: 0 } })).received('session.ready')).toMatchObject({
      recovered: false,
      headSeq: 5001,
    });
    const just = await harness.live(ana, { auth: { lastSeq: 1 } });
    expect(await just.upTo(5001)).toEqual(upTo(5001, 2));
  });

  it('are sent again by inbox.resume, after its answer', async () => {
    await harness.rows.notifications(ana, 4);
    const client = await harness.live(ana, { auth: { lastSeq: 3 } });
    await client.upTo(4);
    const answer = await client.ask('inbox.resume', { lastSeq: 1 });
    expect(answer).toEqual({ ok: true, recovered: true, headSeq: 4, epoch: expect.any(String) as string });
    await client.received('notifications.created', 4);
    expect(client.seqs).toEqual([4, 2, 3, 4]);
    expect(await client.ask('inbox.resume', { lastSeq: 9 })).toMatchObject({ ok: true, recovered: false, headSeq: 4 });
  });

  it('are acknowledged per device, never backwards', async () => {
    const client = await harness.live(ana);
    const answers = await Promise.all([7, 9, 8].map((seq) => client.ask('inbox.ack', { seq })));
    expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    await client.ask('inbox.ack', { seq: 3 });
    const [row] = await harness.rows.query('SELECT acked_seq FROM sessions WHERE id = $1', [ana.sessionId]);
    expect(row).toEqual({ acked_seq: '9' });
  });

  it.each([undefined, null, {}, { seq: -1 }, { seq: 'two' }, 'text'])(
    'answer a bad body %p in the documented shape',
    async (body) => {
      const client = await harness.live(ana);
      expect(await client.ask('inbox.ack', body)).toEqual({
        ok: false,
        error: { code: 'VALIDATION_FAILED', detail: expect.any(String) as string, retryable: false },
      });
    },
  );

  it('are accompanied by read states, which reach all devices', async () => {
    const clients = [await harness.live(ana), await harness.live(ana, { gateway: 1 })];
    const update = { readAt: new Date().toISOString(), unread: { count: 0, version: 12 } };
    await harness.publisher.emit(userRoom(ana.id), 'notifications.updated', update);
    for (const client of clients) expect(await client.received('notifications.updated')).toEqual(update);
  });
});
