import { Client } from 'pg';
import { bindingsOf, EXCHANGE } from '@convene/messaging/topology/queues';
import { freePort } from '@convene/testing/ports';
import { createTestDatabase } from '@convene/testing/test-database';
import { runOps } from '@convene/tools/ops/program';
import type { UserPairs } from '@convene/tools/simulated-users/user-pairs';
import { type DeployedBroker, hasRabbitmq, startDeployedBroker } from './test-support/deployed-broker';
import { TestSystem, until } from './test-support/test-system';

jest.setTimeout(180_000);

const OPS_SECRET = 'spec'.repeat(8);
const REASON = ['--apply', '--reason', 'a spec'];
const check = hasRabbitmq ? describe : describe.skip;

interface Finding {
  readonly cause: string;
  readonly evidence: string;
}

/** Five processes as they are deployed, each with its own user of RabbitMQ, who declares nothing. */
check('an operator, through an api-gateway whose users may do no more than they must,', () => {
  let broker: DeployedBroker;
  let system: TestSystem;
  let env: NodeJS.ProcessEnv;
  let pairs: UserPairs;

  beforeAll(async () => {
    broker = await startDeployedBroker();
    const OPS_PORT = String(await freePort());
    const { url: rabbitmqUrl, rabbitmqUrlOf } = broker;
    // Gateways find out by themselves, too, what was lost: here not before the operator acts.
    // Two attempts use only levels that the file has, too.
    const options = { OPS_SECRET, OPS_PORT, WS_COMPARE_INTERVAL_MS: '60000', RABBITMQ_RETRY_MAX: '2' };
    const database = await createTestDatabase();
    const databaseUrl = `${database.url}?connection_limit=2&pool_timeout=60`;
    system = await TestSystem.open({ database, databaseUrl, rabbitmqUrl, rabbitmqUrlOf, env: options });
    env = { OPS_URL: `http://127.0.0.1:${OPS_PORT}`, OPS_SECRET, OPS_NAME: 'ana' };
    pairs = await system.connectPairs(1);
    await pairs.write();
    await pairs.settled(20_000);
    await system.quiet();
  });
  afterAll(async () => {
    await system.close();
    await broker.stop();
  });

  async function ops<T>(...args: string[]): Promise<{ code: number; answer: T }> {
    const printed: string[] = [];
    const print = (text: string) => void printed.push(text);
    const code = await runOps([...args, '--json'], { env, out: print, err: print });
    return { code, answer: JSON.parse(printed.join('\n')) as T };
  }
  const findings = async () => (await ops<{ findings: Finding[] }>('doctor')).answer.findings;
  async function found(cause: RegExp): Promise<Finding> {
    for (;;) {
      const finding = (await findings()).find((one) => cause.test(one.cause));
      if (finding) return finding;
    }
  }
  const healthy = () => until(async () => (await findings()).length === 0);
  const events = (type: string) =>
    system
      .rows<{ id: string }>('SELECT id FROM domain_events WHERE type = $1 ORDER BY id', [type])
      .then((rows) => rows.map(({ id }) => id));

  it('finds a healthy system healthy, the disk of RabbitMQ included', async () => {
    await healthy();
    expect((await ops('doctor')).code).toBe(0);
    const { answer } = await ops<{ queue: string; consumers: number | null }[]>('queues');
    expect(answer.filter(({ consumers }) => consumers !== 1)).toEqual([]);
  });

  it('looks at dead letters, discards one and replays the other, and no copy stays', async () => {
    await system.rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no template'; END $$`);
    await system.rows('CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse()');
    await pairs.write();
    await pairs.write();
    await until(async () => (await system.deadLetters()) === 2);
    await system.rows('DROP FUNCTION refuse CASCADE');

    expect((await ops<{ total: number }>('dlq', 'list')).answer.total).toBe(2);
    const [rejected] = await events('invites.rejected');
    const [, invited] = await events('invites.created');
    for (let look = 0; look < 2; look++) {
      for (const event of [rejected!, invited!]) {
        const { answer } = await ops<{ copies: unknown[]; allCopiesSeen: boolean }>('dlq', 'show', event);
        expect(answer).toMatchObject({ copies: [{ attempt: 2 }], allCopiesSeen: true });
      }
    }
    const { answer: discarded } = await ops<{ id: string }>('dlq', 'discard', '--event-id', rejected!, ...REASON);
    const { answer: replayed } = await ops<{ id: string }>('dlq', 'replay', ...REASON);
    for (const [act, outcome] of [
      [discarded, 'discarded'],
      [replayed, 'done'],
    ] as const) {
      const read = async () => (await ops<{ state: string; counts: object }>('acts', 'show', act.id)).answer;
      await until(async () => (await read()).state === 'done');
      expect((await read()).counts).toMatchObject({ [outcome]: 1 });
    }
    await until(async () => (await system.deadLetters()) === 0);
    await pairs.users[1]!.device.notification('INVITE_RECEIVED', 1);
    // The rejection is given up for good: its inviter is owed nothing.
    pairs.users[0]!.expected -= 1;
    await healthy();
  });

  it('sends again what devices have missed: in their order, and nothing twice', async () => {
    const before = pairs.users.map(({ device }) => device.received.length);
    const worker = system.processes.app('notifications-worker');
    await worker.stop();
    // To the inviter, to the invitee, and to the inviter.
    for (let write = 0; write < 3; write++) await pairs.write();
    await until(async () => {
      const { answer } = await ops<{ queue: string; ready: number }[]>('queues');
      return answer.find(({ queue }) => queue === 'notifications.realtimes')?.ready === 3;
    });
    await system.withBroker((channel) => channel.purgeQueue('notifications.realtimes'));
    await worker.restart();
    await system.quiet();
    const [, second, third] = await events('invites.rejected');
    const [, , invited] = await events('invites.created');
    const received = () => pairs.users.map(({ device }, index) => device.received.length - before[index]!);
    expect(received()).toEqual([0, 0]);

    const resend = async (event: string) => {
      const { code, answer } = await ops<{ counts: object }>('resend', event, ...REASON);
      expect({ code, counts: answer.counts }).toEqual({ code: 0, counts: { sent: 1 } });
    };
    // The later one first: the gateway brings the earlier one with it.
    await resend(third!);
    await until(() => Promise.resolve(String(received()) === '2,0'));
    await resend(invited!);
    await until(() => Promise.resolve(String(received()) === '2,1'));
    for (const event of [third!, second!, invited!]) await resend(event);
    for (let write = 0; write < 2; write++) await pairs.write();
    await pairs.settled(20_000);
    await system.quiet();
    expect(received()).toEqual([3, 2]);
    expect(pairs.users.map(({ device }) => device.duplicates)).toEqual([0, 0]);
    expect(pairs.faults()).toEqual([]);
  });

  it('learns of a binding that is missing', async () => {
    const [pattern] = bindingsOf('events.invites');
    await system.withBroker((channel) => channel.unbindQueue('events.invites', EXCHANGE, pattern!));
    await pairs.write();
    await until(async () => {
      const [pending] = await system.rows(`UPDATE domain_events SET occurred_at = now() - interval '1 minute'
        WHERE published_at IS NULL AND returned_at IS NOT NULL RETURNING id`);
      return pending !== undefined;
    });
    expect(await found(/binding/)).toMatchObject({
      cause: 'A binding is missing on the exchange domain.events: events.invites to invites.#',
      evidence: expect.stringContaining('RabbitMQ returned'),
    });
    await system.withBroker((channel) => channel.bindQueue('events.invites', EXCHANGE, pattern!));
    await pairs.settled(60_000);
    await healthy();
  });

  it('learns of a worker whose connections are used up, and of the session that holds them', async () => {
    const forgotten = new Client({ connectionString: system.databaseUrl, application_name: 'a laptop' });
    await forgotten.connect();
    const { rows } = await forgotten.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await forgotten.query('BEGIN; LOCK TABLE inbox_counters, sweep_watermarks IN SHARE MODE');
    // Its sweeps wait, too.
    await system.rows('UPDATE jobs SET next_run_at = now()');
    for (let write = 0; write < 4; write++) await pairs.write();
    const { cause, evidence } = await found(/of the invites-worker to PostgreSQL are used up/);
    expect([cause, evidence]).toEqual([cause, expect.stringContaining(`pid ${rows[0]?.pid} (a laptop)`)]);
    await forgotten.end();
    await pairs.settled(60_000);
    await healthy();
    await system.quiet();
    expect(pairs.faults()).toEqual([]);
  });
});
