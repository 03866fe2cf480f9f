import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import amqplib from 'amqplib';
import { Pool, QueryResultRow } from 'pg';
import { QUEUES } from '@convene/messaging/topology/queues';
import { createTestDatabase, TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Keys, newKeys } from '@convene/tools/dev/keys';
import { System, SystemOptions } from '@convene/tools/dev/system';
import { Crowd } from '@convene/tools/people/crowd';

export interface HouseOptions {
  readonly instances?: NonNullable<SystemOptions['instances']>;
  /** Instead of a vhost on the test broker: for who stops and starts it. */
  readonly rabbitmqUrl?: string;
  /** Instead of a database of the test Redis: for who stops and starts it. */
  readonly redisUrl?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The five apps as processes, built as they are deployed, on servers of the spec's own. */
export class House {
  private readonly crowds: Crowd[] = [];
  private turn = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly pool: Pool,
    private readonly keys: Keys,
    /** Where its mails are written. */
    readonly mails: string,
    readonly rabbitmqUrl: string,
    readonly system: System,
  ) {}

  static async open({ instances = {}, rabbitmqUrl, redisUrl, env = {} }: HouseOptions = {}): Promise<House> {
    const database = await createTestDatabase();
    const broker = rabbitmqUrl ?? (await createTestVhost()).url;
    const keys = newKeys();
    const mailDir = mkdtempSync(join(tmpdir(), 'convene-e2e-mail-'));
    const system = await System.start({
      instances,
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        DATABASE_URL: `${database.url}?connection_limit=15&pool_timeout=60`,
        REDIS_URL: redisUrl ?? (await createTestRedis()).url,
        RABBITMQ_URL: broker,
        USE_WS_REDIS_ADAPTER: 'true',
        MAIL_DIR: mailDir,
        RATE_LIMIT_SCALE: '0',
        ...keys,
        ...env,
      },
    });
    return new House(database, new Pool({ connectionString: database.url, max: 2 }), keys, mailDir, broker, system);
  }

  /** A house for one test: closed after it, however it ends. */
  static async with(options: HouseOptions, test: (house: House) => Promise<void>): Promise<void> {
    const house = await House.open(options);
    try {
      await test(house);
    } finally {
      await house.close();
    }
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** One after the other of those that run, as a load balancer with health checks does. */
  nextGateway(): string {
    const gateways = this.system.apps.filter(({ name, isRunning }) => name === 'ws-gateway' && isRunning);
    return gateways[this.turn++ % gateways.length]?.url ?? this.system.app('ws-gateway').url;
  }

  /** A crowd that is connected. It leaves when the house closes. */
  async gather(pairs: number, { together = false } = {}): Promise<Crowd> {
    const stack = { apiUrl: this.system.app('api-gateway').url, wsUrl: () => this.nextGateway() };
    const { JWT_PRIVATE_KEY: jwtPrivateKey } = this.keys;
    const crowd = await Crowd.gather({ stack, databaseUrl: this.database.url, jwtPrivateKey, pairs, together });
    this.crowds.push(crowd);
    await crowd.connect();
    return crowd;
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

  /** What PostgreSQL holds against the promise: nothing, if it was kept. */
  async faults(crowd: Crowd): Promise<string[]> {
    const inboxes = await this.rows<{ user_id: string; rows: number; seqs: number; last: number; head: number }>(
      `SELECT c.user_id, count(n.*)::int AS rows, count(DISTINCT n.seq)::int AS seqs, max(n.seq)::int AS last,
         c.last_seq::int AS head
       FROM inbox_counters c LEFT JOIN notifications n ON n.recipient_user_id = c.user_id GROUP BY c.user_id`,
    );
    const found = new Map(inboxes.map((inbox) => [inbox.user_id, inbox]));
    const wrong = crowd.members.filter(({ userId, expected }) => {
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
      ...crowd.faults(),
    ];
  }

  /** Asks the broker. The connection is closed afterwards: it may be one that is about to be stopped. */
  async withBroker<T>(work: (channel: amqplib.Channel) => Promise<T>): Promise<T> {
    const connection = await amqplib.connect(this.rabbitmqUrl);
    try {
      return await work(await connection.createChannel());
    } finally {
      await connection.close();
    }
  }

  /** Messages in all dead-letter queues. */
  deadLetters(): Promise<number> {
    return this.withBroker(async (channel) => {
      let total = 0;
      for (const queue of QUEUES) total += (await channel.checkQueue(`${queue}.dlq`)).messageCount;
      return total;
    });
  }

  async close(): Promise<void> {
    for (const crowd of this.crowds) crowd.disconnect();
    await this.system.stop();
    await this.pool.end();
    await this.database.drop();
    rmSync(this.mails, { recursive: true, force: true });
  }
}

/** Looks again until it is so; a test that waits for what never comes ends by its own timeout. */
export async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await wait(50);
}
