import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { GatewayHarness } from './test-support/gateway-harness';

jest.setTimeout(60_000);

/** What a session may take to open, and a little for the machine. */
const DEADLINE_MS = 9_000;
/** Less than a statement may be silent: who comes through by then did not wait for one that hangs. */
const AT_ONCE_MS = 1_500;

describe('a gateway', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let harness: GatewayHarness;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.to(database.url);
    const DATABASE_URL = `${proxy.url}?connection_limit=5&statement_timeout=3000`;
    harness = await GatewayHarness.start({ databaseUrl: database.url, env: { DATABASE_URL } });
  });
  afterEach(async () => {
    await harness.stop();
    await proxy.close();
    await database.drop();
  });

  const ready = async () => (await fetch(`${harness.url()}/health/ready`)).ok;
  const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
    const late = wait(ms, undefined, { ref: false }).then(() =>
      Promise.reject(new Error(`It took more than ${ms} ms`)),
    );
    return Promise.race([work, late]);
  };

  it('with a silent database refuses handshakes in time, is not ready, and recovers', async () => {
    const [ana, ...others] = await harness.rows.users(8);
    const before = await harness.live(ana!);
    expect(await ready()).toBe(true);

    proxy.freeze();
    const waiting = await Promise.all(others.map((user) => harness.client(user)));
    const closings = await within(
      DEADLINE_MS,
      Promise.all(waiting.map((client) => client.received('session.closing'))),
    );
    for (const closing of closings) expect(closing).toMatchObject({ code: 'UNAVAILABLE', reconnect: true });
    expect(await ready()).toBe(false);

    proxy.thaw();
    const back = Promise.all(others.map((user) => harness.live(user)));
    await within(DEADLINE_MS, back);
    while (!(await ready())) await wait(50);
    await harness.rows.notifications(ana!, 1);
    await harness.compared(0, () => before.seqs.length > 0);
    expect(before.seqs).toEqual([1]);
  });

  it('opens sessions while the read of another hangs, and closes the hanging one in time', async () => {
    const [ana, bo, cy] = await harness.rows.users(3);
    await (await harness.live(ana!)).ask('inbox.ack', { seq: 0 });
    // What is open now stays silent; whatever connects from here on is served.
    proxy.freeze();
    proxy.thaw();
    const hanging = await harness.client(bo!);
    await wait(100);
    await within(AT_ONCE_MS, harness.live(cy!));
    const over = Promise.race([hanging.received('session.closing'), hanging.received('session.ready')]);
    await within(DEADLINE_MS, over);
    await within(AT_ONCE_MS, harness.live(bo!));
  });

  it('opens sessions while acknowledgements cannot be written', async () => {
    const [ana, bo] = await harness.rows.users(2);
    const acking = await harness.live(ana!);
    const locker = new Client({ connectionString: database.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE sessions IN EXCLUSIVE MODE');
    const acks = [];
    for (let seq = 0; seq < 8; seq++) {
      acks.push(acking.ask('inbox.ack', { seq }));
      await wait(100);
    }
    await within(AT_ONCE_MS, harness.live(bo!));
    await locker.query('COMMIT');
    await locker.end();
    for (const ack of await Promise.all(acks)) expect(ack).toMatchObject({ ok: true });
  });
});
