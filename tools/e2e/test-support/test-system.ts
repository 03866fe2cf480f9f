import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import amqplib from 'amqplib';
import { Pool, QueryResultRow } from 'pg';
import { QUEUES } from '@convene/messaging/topology/queues';
import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase, TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Keys, newKeys } from '@convene/tools/dev/keys';
import { System, SystemOptions } from '@convene/tools/dev/system';
import { UserPairs } from '@convene/tools/simulated-users/user-pairs';

export interface TestSystemOptions {
  readonly instances?: NonNullable<SystemOptions['instances']>;
  /** Instead of a new one: for a spec that puts something in front of it. It is dropped with the system. */
  readonly database?: TestDatabase;
  /** How the processes reach the database, if not directly: the URL of a PgBouncer. Each logs in there under its own role, too. */
  readonly databaseUrl?: string;
  /** Instead of a vhost on the test broker: for a spec that stops and starts its broker. */
  readonly rabbitmqUrl?: string;
  /** The URL of each app, with a user of its own, instead of that one. */
  readonly rabbitmqUrlOf?: (app: string) => string;
  /** Instead of a database of the test Redis: for a spec that stops and starts its Redis. */
  readonly redisUrl?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The five apps as processes, built as they are deployed, on a database, a vhost and a Redis of the spec. */
export class TestSystem {
  private readonly connected: UserPairs[] = [];
  private turn = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly pool: Pool,
    private readonly keys: Keys,
    /** The folder of the mails. */
    readonly mails: string,
    readonly rabbitmqUrl: string,
    readonly processes: System,
  ) {}

  static async open(options: TestSystemOptions = {}): Promise<TestSystem> {
    const { instances = {}, rabbitmqUrl, rabbitmqUrlOf, redisUrl, env = {} } = options;
    const database = options.database ?? (await createTestDatabase());
    const broker = rabbitmqUrl ?? (await createTestVhost()).url;
    const keys = newKeys();
    const mailDir = mkdtempSync(join(tmpdir(), 'convene-e2e-mail-'));
    const databaseUrl = options.databaseUrl ?? `${database.url}?connection_limit=15&pool_timeout=60`;
    const processes = await System.start({
      instances,
      own: ({ name }) => ({
        DATABASE_URL: roleUrl(databaseUrl, name),
        RABBITMQ_URL: rabbitmqUrlOf?.(name) ?? broker,
      }),
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        REDIS_URL: redisUrl ?? (await createTestRedis()).url,
        USE_WS_REDIS_ADAPTER: 'true',
        MAIL_DIR: mailDir,
        RATE_LIMIT_SCALE: '0',
        ...keys,
        ...env,
      },
    });
    const pool = new Pool({ connectionString: database.url, max: 2 });
    // A spec may end the server under an idle connection: the next query has another.
    pool.on('error', () => undefined);
    return new TestSystem(database, pool, keys, mailDir, broker, processes);
  }

  /** Opens a system for one test and closes it when the test ends, also when it fails. */
  static async with(options: TestSystemOptions, test: (system: TestSystem) => Promise<void>): Promise<void> {
    const system = await TestSystem.open(options);
    try {
      await test(system);
    } finally {
      await system.close();
    }
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** @returns the URLs of the running ws-gateways in turn, as a load balancer with health checks does. */
  nextGateway(): string {
    const gateways = this.processes.apps.filter(({ name, isRunning }) => name === 'ws-gateway' && isRunning);
    return gateways[this.turn++ % gateways.length]?.url ?? this.processes.app('ws-gateway').url;
  }

  /** Creates pairs of simulated users and connects their devices, until the system closes. */
  async connectPairs(pairs: number, { together = false } = {}): Promise<UserPairs> {
    const stack = { apiUrl: this.processes.app('api-gateway').url, wsUrl: () => this.nextGateway() };
    const { JWT_PRIVATE_KEY: jwtPrivateKey } = this.keys;
    const userPairs = await UserPairs.create({ stack, databaseUrl: this.database.url, jwtPrivateKey, pairs, together });
    this.connected.push(userPairs);
    await userPairs.connect();
    return userPairs;
  }

  async rows<Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  /** Resolves once no event waits in the outbox and every reaction to every event is over. */
  async quiet(): Promise<void> {
    await until(async () => {
      const [open] = await this.rows<{ count: number }>(
        `SELECT count(*)::int AS count FROM domain_events e JOIN reactions r ON r.event_type = e.type
         LEFT JOIN inbox i ON i.event_id = e.id AND i.reaction = r.name
         WHERE e.published_at IS NULL OR i.event_id IS NULL`,
      );
      return open?.count === 0;
    });
  }

  /** @returns every difference between the notifications in PostgreSQL or on the devices and those that must exist. */
  async faults(userPairs: UserPairs): Promise<string[]> {
    const inboxes = await this.rows<{ user_id: string; rows: number; seqs: number; last: number; head: number }>(
      `SELECT c.user_id, count(n.*)::int AS rows, count(DISTINCT n.seq)::int AS seqs, max(n.seq)::int AS last,
         c.last_seq::int AS head
       FROM inbox_counters c LEFT JOIN notifications n ON n.recipient_user_id = c.user_id GROUP BY c.user_id`,
    );
    const found = new Map(inboxes.map((inbox) => [inbox.user_id, inbox]));
    const wrong = userPairs.users.filter(({ userId, expected }) => {
      const inbox = found.get(userId);
      if (!inbox) return expected > 0;
      return [inbox.rows, inbox.seqs, inbox.last, inbox.head].some((figure) => figure !== expected);
    });
    const dead = await this.rows<{ reaction: string; error: string }>(
      `SELECT reaction, error FROM inbox WHERE state <> 'done'`,
    );
    return [
      ...wrong.map(({ userId, expected }) => `${userId}: ${JSON.stringify(found.get(userId))}, expected ${expected}`),
      ...dead.map(({ reaction, error }) => `${reaction} died: ${error}`),
      ...userPairs.faults(),
    ];
  }

  /** Runs `work` on a channel whose connection is closed afterwards: the spec may stop the broker. */
  async withBroker<T>(work: (channel: amqplib.Channel) => Promise<T>): Promise<T> {
    const connection = await amqplib.connect(this.rabbitmqUrl);
    try {
      return await work(await connection.createChannel());
    } finally {
      await connection.close();
    }
  }

  /** Counts the messages in all dead-letter queues. */
  deadLetters(): Promise<number> {
    return this.withBroker(async (channel) => {
      let total = 0;
      for (const queue of QUEUES) total += (await channel.checkQueue(`${queue}.dlq`)).messageCount;
      return total;
    });
  }

  async close(): Promise<void> {
    for (const userPairs of this.connected) userPairs.disconnect();
    await this.processes.stop();
    await this.pool.end();
    await this.database.drop();
    rmSync(this.mails, { recursive: true, force: true });
  }
}

/** Repeats `look` until it resolves to true. The test's time-out ends it otherwise. */
export async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await wait(50);
}
