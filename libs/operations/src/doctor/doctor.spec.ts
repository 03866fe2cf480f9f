import { Client } from 'pg';
import type { FindingView } from '@convene/contracts/ops/doctor';
import { Doctor } from '@convene/contracts/ops/routes';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareExchanges, declareQueues } from '@convene/messaging/topology/declare';
import { CONNECTIONS_IN_USE } from '@convene/prisma/database/connection-room';
import { Database } from '@convene/prisma/database/database';
import { PoolReporter } from '@convene/prisma/database/pool-reporter';
import { sql } from '@convene/prisma/database/sql';
import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { RedisConnections } from '@convene/redis/redis-connections';
import { withClockOffBy } from '@convene/testing/process-clock';
import { roleUrl } from '@convene/testing/role-url';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestRedis } from '@convene/testing/test-redis';
import { OperationsHarness } from '../test-support/operations-harness';
import { judgeOutbox } from './checks/outbox';
import { judgeQueues } from './checks/queues';

let servers: MessagingHarness;
let postgres: TcpProxy;
let rabbitmq: TcpProxy;
let redis: TcpProxy;
let connections: RedisConnections;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  postgres = await TcpProxy.to(servers.database.url);
  rabbitmq = await TcpProxy.to(servers.rabbitmqUrl);
  redis = await TcpProxy.to((await createTestRedis()).url);
  connections = new RedisConnections(redis.url);
  ops = await OperationsHarness.start(postgres.url, rabbitmq.url, { redisUrl: redis.url, signingKeyId: 'new key' });
});
afterAll(async () => {
  await ops.close();
  connections.onApplicationShutdown();
  await Promise.all([postgres.close(), rabbitmq.close(), redis.close()]);
  await servers.close();
});

const findings = async (): Promise<FindingView[]> => (await ops.call(Doctor, { as: 'viewer' })).body.findings;
const causes = async () => (await findings()).map(({ cause }) => cause);
const seen = (cause: RegExp) => until(async () => (await findings()).find((each) => cause.test(each.cause)));

/** Sessions that begin afterwards have the setting. */
async function alterDatabase(change: string): Promise<void> {
  const options = '-c default_transaction_read_only=off';
  const client = new Client({ connectionString: servers.database.url, options });
  await client.connect();
  await client.query(`ALTER DATABASE ${new URL(servers.database.url).pathname.slice(1)} ${change}`);
  await client.end();
}

function reconnect(proxy: TcpProxy): void {
  proxy.cut();
  proxy.restore();
}

describe('doctor names the cause', () => {
  it('of queues that nobody consumes, and of one that was deleted', async () => {
    await declareExchanges(servers.channel);
    await declareQueues(servers.channel);
    const found = await seen(/No consumer takes messages from events.invites/);
    expect(found).toMatchObject({ severity: 'critical', remedy: expect.stringContaining('invites-worker') });
    await servers.channel.deleteQueue('events.invites');
    await seen(/The queue events.invites does not exist/);
  });

  it('of a broker that is away, and only that for all its queues', async () => {
    rabbitmq.cut();
    await until(async () => {
      const own = (await findings()).filter(({ check }) => check === 'queues');
      return own.length === 1 && own[0]?.cause === 'RabbitMQ does not answer';
    });
    rabbitmq.restore();
    await seen(/No consumer takes messages/);
  });

  it('of a database that is away, instead of all that depends on it', async () => {
    postgres.cut();
    await until(async () => String(await causes()) === 'PostgreSQL does not answer');
    postgres.restore();
    await until(async () => !(await causes()).includes('PostgreSQL does not answer'));
  });

  it('of connections that are used up: those of other roles count, which are hidden from the role of the api-gateway', async () => {
    const counted = new Database({
      databaseUrl: roleUrl(servers.database.url, 'api-gateway'),
      applicationName: 'spec',
    });
    await until(async () => {
      const [ofRole] = await counted.query<{ count: number }>(CONNECTIONS_IN_USE);
      const [ofOwner] = await servers.prisma.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend'`;
      return ofRole!.count > 2 && ofRole!.count === ofOwner!.count;
    });
    await counted.onApplicationShutdown();
  });

  it('of a database that takes no writes', async () => {
    await alterDatabase('SET default_transaction_read_only = on');
    reconnect(postgres);
    await seen(/PostgreSQL takes no writes/);
    await alterDatabase('RESET default_transaction_read_only');
    reconnect(postgres);
    await until(async () => !(await causes()).includes('PostgreSQL takes no writes'));
  });

  it('of a disk of PostgreSQL that is full', async () => {
    const { prisma } = servers;
    await prisma.$executeRawUnsafe(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`);
    await prisma.$executeRawUnsafe(
      'CREATE TRIGGER full_disk BEFORE INSERT ON operator_acts FOR EACH ROW EXECUTE FUNCTION full_disk()',
    );
    const found = await seen(/The disk of PostgreSQL is full/);
    expect(found).toMatchObject({ severity: 'critical', evidence: expect.stringContaining('No space left on device') });
    await prisma.$executeRawUnsafe('DROP FUNCTION full_disk CASCADE');
    expect((await causes()).some((cause) => /disk|write/.test(cause))).toBe(false);
    expect(await prisma.operatorAct.count()).toBe(0);
  });

  it('of a Redis that is away, and nothing else of it; one that was flushed needs nobody', async () => {
    redis.cut();
    const found = await seen(/Redis does not answer/);
    expect(found).toMatchObject({ severity: 'warning', runbook: 'RedisDown.md' });
    expect((await findings()).filter(({ check }) => check === 'gateways')).toEqual([]);
    redis.restore();
    await until(async () => !(await causes()).includes('Redis does not answer'));
    await until(() => connections.commands.flushdb().catch(() => false));
    expect(await causes()).not.toContain('Redis does not answer');
  });

  it('of ws-gateways that do not run, only drain, or do not know the key of the tokens', async () => {
    const directory = new GatewayDirectory(connections);
    await seen(/No ws-gateway accepts connections/);
    const state = { id: 'one', connections: 3, startedAt: new Date().toISOString(), pool: { waiting: 0, limit: 5 } };
    await directory.announce({ ...state, isDraining: true, keyIds: ['new key'] }, 60_000);
    expect(await seen(/No ws-gateway accepts/)).toMatchObject({ evidence: 'all 1 drain' });
    await directory.announce({ ...state, isDraining: false, keyIds: ['old key'] }, 60_000);
    expect(await seen(/refuse the tokens/)).toMatchObject({
      severity: 'critical',
      evidence: 'one do not know the key new key',
    });
    const pool = { waiting: 4, limit: 5 };
    await directory.announce({ ...state, isDraining: false, keyIds: ['old key', 'new key'], pool }, 60_000);
    expect(await seen(/of ws-gateways to PostgreSQL are used up/)).toMatchObject({
      evidence: '4 wait for one of 5 in one',
    });
    expect((await findings()).filter(({ check }) => check === 'gateways')).toHaveLength(1);
  });

  it('of a pool that is exhausted, in the process that answers', async () => {
    const sleeps = Array.from({ length: 4 }, () => ops.hostDatabase.query(sql`SELECT pg_sleep(1.5)`));
    expect(await seen(/of this api-gateway to PostgreSQL are used up/)).toMatchObject({
      evidence: '2 requests wait for one of 2',
    });
    await Promise.all(sleeps);
    expect((await causes()).some((cause) => /this api-gateway to PostgreSQL/.test(cause))).toBe(false);
  });

  it('of a pool that is exhausted in a worker, and of the session whose locks its statements wait for', async () => {
    const options = {
      databaseUrl: `${roleUrl(servers.database.url, 'invites-worker')}?connection_limit=2`,
      applicationName: 'invites-worker',
    };
    const worker = new Database(options);
    const forgotten = new Client({ connectionString: servers.database.url, application_name: 'a laptop' });
    await forgotten.connect();
    await forgotten.query('BEGIN; LOCK TABLE sweep_attempts');
    const statements = Array.from({ length: 5 }, () => worker.query(sql`SELECT count(*) FROM sweep_attempts`));
    const reporter = new PoolReporter(options, worker);
    reporter.onApplicationBootstrap();
    await until(async () => (await servers.prisma.exhaustedPool.count()) > 0);
    // The doctor leaves out what its own process has reported.
    await servers.prisma.exhaustedPool.updateMany({ data: { process: 'another host' } });
    const found = await seen(/of the invites-worker to PostgreSQL are used up/);
    const { rows } = await forgotten.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    expect(found).toMatchObject({ severity: 'critical', check: 'pool', runbook: 'DatabasePoolExhausted.md' });
    expect(found.evidence).toMatch(/^3 waited for one of 2 in another host, the longest for \d\.\d s, \d\.\d s ago; /);
    expect(found.evidence).toContain(`2 of its sessions wait for locks of pid ${rows[0]!.pid} (a laptop)`);
    expect(found.remedy).toContain(`pg_terminate_backend(${rows[0]!.pid})`);
    reporter.onModuleDestroy();
    await forgotten.query('ROLLBACK');
    await Promise.all(statements);
    await servers.prisma.exhaustedPool.updateMany({ data: { reportedAt: new Date(Date.now() - 60_000) } });
    expect((await causes()).some((cause) => /invites-worker to PostgreSQL/.test(cause))).toBe(false);
    await forgotten.end();
    await worker.onApplicationShutdown();
  });

  it('of a month without a partition', async () => {
    const [partition] = await servers.prisma.$queryRaw<{ name: string }[]>`
      SELECT 'notifications' || to_char((now() AT TIME ZONE 'UTC') + interval '1 month', '_YYYY_MM') AS name`;
    await servers.prisma.$executeRawUnsafe(`DROP TABLE ${partition?.name}`);
    await seen(/The next month has no partition/);
  });

  it('of a job that fails, and of one that no instance runs', async () => {
    const long = new Date(Date.now() - 3_600_000);
    await servers.prisma.job.createMany({
      data: [
        { name: 'broken', lastError: 'no luck' },
        { name: 'forgotten', nextRunAt: long },
      ],
    });
    await seen(/The job broken fails/);
    await seen(/No instance runs the job forgotten/);
  });

  it('of events that no relay publishes, or that do not get into their queue', async () => {
    const old = { type: 'invites.created', payload: {}, occurredAt: new Date(Date.now() - 120_000) };
    await servers.prisma.domainEvent.create({ data: old });
    await seen(/No relay publishes/);
    await servers.prisma.domainEvent.updateMany({ data: { attempts: 3 } });
    await seen(/do not get into events.invites: RabbitMQ does not confirm/);
    await servers.prisma.domainEvent.updateMany({ data: { returnedAt: new Date() } });
    // The cause is the queue then, where there is none.
    await servers.channel.deleteQueue('events.invites');
    expect((await findings()).filter(({ check }) => check === 'outbox')).toEqual([]);
    expect(await causes()).toContain('The queue events.invites does not exist');
    await declareQueues(servers.channel);
    expect(await seen(/A binding is missing/)).toMatchObject({
      cause: 'A binding is missing on the exchange domain.events: events.invites to invites.#',
      evidence: expect.stringContaining('1 invites.created'),
    });
    expect((await findings()).filter(({ check }) => check === 'outbox')).toHaveLength(1);
  });

  it('of a clock that is off', async () => {
    await withClockOffBy(-60_000, () => seen(/clocks .* disagree/));
    expect((await causes()).some((cause) => /clocks/.test(cause))).toBe(false);
  });
});

describe('a judgement', () => {
  const queue = {
    queue: 'events',
    state: 'there',
    ready: 3,
    consumers: 2,
    waiting: 5,
    dead: 0,
    deadLetters: 0,
  } as const;

  it('has nothing to say of queues that are consumed, and of a short outbox', () => {
    expect(judgeQueues([queue])).toEqual([]);
    const counts = { pending: 5, claimed: 5, failed: 0, returned: 0, oldestSeconds: 2 };
    expect(judgeOutbox({ ...counts, isTruncated: false, types: [{ type: 'invites.created', ...counts }] }, [])).toEqual(
      [],
    );
  });

  it('tells a queue that does not exist from one that could not be asked about', () => {
    const causesOf = (state: 'absent' | 'unknown') =>
      judgeQueues([queue, { ...queue, state, ready: null, consumers: null }]).map(({ cause }) => cause);
    expect(causesOf('absent')).toEqual(['The queue events does not exist']);
    expect(causesOf('unknown')).toEqual(['RabbitMQ could not be asked about the queue events']);
  });

  it('tells a backlog from a missing consumer, and speaks of dead reactions', () => {
    const causesOf = (more: object) => judgeQueues([{ ...queue, ...more }]).map(({ cause }) => cause);
    expect(causesOf({ ready: 50_000 })).toEqual(['The notifications-worker falls behind on events']);
    expect(causesOf({ ready: 50_000, consumers: 0 })).toEqual(['No consumer takes messages from events']);
    expect(causesOf({ dead: 2 })).toEqual(['Reactions of events were given up']);
  });
});
