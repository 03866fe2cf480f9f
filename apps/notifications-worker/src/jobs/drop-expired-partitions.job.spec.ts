import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { register } from 'prom-client';
import type { Database } from '@convene/prisma/database/database';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ExpiredPartitions } from '../retention/expired-partitions';
import type { RetentionPolicy } from '../retention/retention-policy';
import { DropExpiredPartitionsJob } from './drop-expired-partitions.job';

const MONTHS = 7;
const TABLES = ['domain_events', 'inbox', 'notifications', 'notification_steps'];
const AGAIN_MS = 10 * 60 * 1000;
const EVERY_MS = 6 * 60 * 60 * 1000;
const ANA = pastId(0);

let database: TestDatabase;
let owner: Client;
let db: Database;
beforeEach(async () => {
  database = await createTestDatabase();
  owner = await connect();
  db = databaseAs('notifications-worker', database.url);
  await createPastPartitions(owner, MONTHS);
});
afterEach(async () => {
  register.clear();
  await owner.end();
  await db.onApplicationShutdown();
  await database.drop();
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  // One is killed.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const run = (policy: Partial<RetentionPolicy>) => {
  const whole = { eventsMonths: undefined, notificationsMonths: undefined, stepsMonths: MONTHS, ...policy };
  register.clear();
  return new DropExpiredPartitionsJob(db, new ExpiredPartitions(db, whole)).run(new AbortController().signal);
};
/** The past months that a table still has, the latest first: `[1, 2]` are the two before this one. */
const monthsOf = async (table: string): Promise<number[]> => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = $1::regclass`,
    [table],
  );
  const names = rows.map(({ name }) => name);
  const all = Array.from({ length: MONTHS }, (_, index) => index + 1);
  return all.filter((ago) => names.includes(`${table}_${pastMonth(ago)}`));
};
const event = async (ago: number, publishedAt: Date | null = new Date(), type = 'x.y'): Promise<string> => {
  const id = pastId(ago);
  await owner.query(
    `INSERT INTO domain_events (id, type, payload, occurred_at, published_at)
     VALUES ($1, $4, '{}', now() - $2 * interval '1 month', $3)`,
    [id, ago, publishedAt, type],
  );
  return id;
};
const notification = (ago: number, seq: number, column = 'code', value: unknown = 'X') =>
  owner.query(
    `INSERT INTO notifications (event_id, recipient_user_id, seq, params, ${column === 'code' ? 'code' : `code, ${column}`})
     VALUES ($1, $2, $3, '{}', ${column === 'code' ? '$4' : "'X', $4"})`,
    [pastId(ago), ANA, seq, value],
  );

describe('the job that drops months', () => {
  it('keeps of each table as many months as the policy says, and without one all of them', async () => {
    for (const ago of [1, 2, 3, 4, 5]) await event(ago);
    await run({});
    for (const table of TABLES) expect(await monthsOf(table)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const policy = { eventsMonths: 2, notificationsMonths: 3, stepsMonths: 4 };
    expect(await new ExpiredPartitions(db, policy).list()).toHaveLength(5 + 5 + 4 + 3);
    expect(await register.getSingleMetricAsString('expired_partitions')).toMatch(/expired_partitions 17$/m);
    await run(policy);
    expect(await monthsOf('domain_events')).toEqual([1, 2]);
    expect(await monthsOf('inbox')).toEqual([1, 2]);
    expect(await monthsOf('notifications')).toEqual([1, 2, 3]);
    expect(await monthsOf('notification_steps')).toEqual([1, 2, 3, 4]);
    const { rows } = await owner.query('SELECT count(*)::int AS count FROM domain_events');
    expect(rows).toEqual([{ count: 2 }]);
    const { rows: detached } = await owner.query(
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relname ~ '_[0-9]{4}_[0-9]{2}$'`,
    );
    expect(detached).toEqual([]);
  });

  it('keeps a month, and only that one, while something in it is pending', async () => {
    await event(3, null);
    await owner.query(`INSERT INTO inbox (event_id, reaction, state) VALUES ($1, 'r', 'dead')`, [await event(4)]);
    await owner.query(`INSERT INTO audiences (event_id, drafts) VALUES ($1, '[]')`, [await event(5)]);
    await event(6, new Date(), 'x.swept');
    await owner.query(`INSERT INTO reactions (name, event_type, queue, registered_at) VALUES
      ('r', 'x.swept', 'events', now() - interval '2 years'), ('young', 'x.y', 'events', now())`);
    await event(7);
    const policy = { eventsMonths: 2, notificationsMonths: 2, stepsMonths: 2 };
    const left = async (months: number[]) => {
      for (const table of TABLES) expect([table, await monthsOf(table)]).toEqual([table, months]);
    };

    expect(await run(policy)).toBe(AGAIN_MS);
    await left([1, 2, 3, 4, 5, 6]);
    await owner.query('UPDATE domain_events SET published_at = now()');
    await run(policy);
    await left([1, 2, 4, 5, 6]);
    await owner.query(`UPDATE inbox SET state = 'discarded'`);
    await run(policy);
    await left([1, 2, 5, 6]);
    await owner.query('DELETE FROM audiences');
    await run(policy);
    await left([1, 2, 6]);
    await owner.query(`INSERT INTO sweep_watermarks (queue, watermark) VALUES ('events', uuid_v7_floor(now()))`);
    expect(await run(policy)).toBe(EVERY_MS);
    await left([1, 2]);
  });

  it('reads what is unread before, so that the count stays true, and waits for what is snoozed', async () => {
    await owner.query(
      `INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, 'ana@example.com', '-', 'Ana')`,
      [ANA],
    );
    await owner.query(`INSERT INTO inbox_counters (user_id, last_seq, unread_count, version) VALUES ($1, 5, 3, 60)`, [
      ANA,
    ]);
    await notification(5, 1);
    await notification(4, 2, 'snoozed_until', new Date(Date.now() + 86_400_000));
    await notification(4, 3);
    await notification(5, 4, 'read_at', new Date());
    await notification(1, 5);
    await run({ notificationsMonths: 2 });
    expect(await monthsOf('notifications')).toEqual([1, 2, 4]);
    const { rows } = await owner.query('SELECT last_seq::int, unread_count, version::int FROM inbox_counters');
    expect(rows).toEqual([{ last_seq: 5, unread_count: 1, version: expect.any(Number) }]);
    expect(rows[0].version).toBeGreaterThan(60);

    await owner.query('UPDATE notifications SET snoozed_until = NULL');
    await owner.query('UPDATE inbox_counters SET unread_count = 2');
    await run({ notificationsMonths: 2 });
    expect(await monthsOf('notifications')).toEqual([1, 2]);
    expect((await owner.query('SELECT unread_count FROM inbox_counters')).rows).toEqual([{ unread_count: 1 }]);
  });
});

const firstOf = (ago: number) => `${pastMonth(ago).replace('_', '-')}-01`;

describe('dropping a month', () => {
  /** Reads and writes the newest month in a loop, each statement refused if it waits for longer than a moment. */
  async function traffic(statement: () => [string, unknown[]]): Promise<() => Promise<number>> {
    const client = await connect();
    await client.query(`SET lock_timeout = '250ms'`);
    let stopped = false;
    let count = 0;
    const ended = (async () => {
      while (!stopped) {
        await client.query(...statement());
        count++;
      }
      await client.end();
    })();
    ended.catch(() => undefined);
    return async () => {
      stopped = true;
      await ended;
      return count;
    };
  }
  const reader = () =>
    traffic(() => ['SELECT * FROM notifications WHERE recipient_user_id = $1 ORDER BY seq DESC LIMIT 10', [ANA]]);
  const writer = () =>
    traffic(() => [
      `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at) VALUES ($1, $2, 1, 'X', '{}', now())`,
      [pastId(0), ANA],
    ]);

  it('refuses no reader and no writer that would wait for a quarter of a second only', async () => {
    for (const ago of [3, 4, 5]) {
      await owner.query(
        `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at)
         SELECT (substr($1::text, 1, 14) || substr(gen_random_uuid()::text, 15))::uuid, gen_random_uuid(), n, 'X', '{}', now()
         FROM generate_series(1, 5000) n`,
        [pastId(ago)],
      );
    }
    const ends = [await reader(), await writer()];
    while ((await run({ notificationsMonths: 2 })) < EVERY_MS) await wait(5);
    for (const end of ends) expect(await end()).toBeGreaterThan(0);
    expect(await monthsOf('notifications')).toEqual([1, 2]);
  });

  it('gives up at once, and lets readers and writers pass, while a long query reads the table', async () => {
    const long = await connect();
    await long.query('BEGIN');
    await long.query('SELECT count(*) FROM notifications');
    const ends = [await reader(), await writer()];
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await run({ notificationsMonths: 4 })).toBe(AGAIN_MS);
      expect(await monthsOf('notifications')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
    for (const end of ends) expect(await end()).toBeGreaterThan(0);
    await long.query('COMMIT');
    await long.end();
    await run({ notificationsMonths: 4 });
    expect(await monthsOf('notifications')).toEqual([1, 2, 3, 4]);
  });

  it('leaves the month as it was when it is killed in the middle', async () => {
    await notification(5, 1, 'read_at', new Date());
    const killed = await connect();
    await killed.query('BEGIN');
    await killed.query(`SELECT drop_event_partition('notifications', $1)`, [firstOf(5)]);
    const { rows } = await killed.query('SELECT pg_backend_pid() AS pid');
    await owner.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    while ((await owner.query('SELECT FROM pg_stat_activity WHERE pid = $1', [rows[0].pid])).rows.length > 0)
      await wait(5);
    expect((await owner.query('SELECT seq::int FROM notifications')).rows).toEqual([{ seq: 1 }]);
    expect(await monthsOf('notifications')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await run({ notificationsMonths: 4 });
    expect(await monthsOf('notifications')).toEqual([1, 2, 3, 4]);
  });
});
