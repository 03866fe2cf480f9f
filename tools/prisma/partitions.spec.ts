import { Client } from 'pg';
import { v7 } from 'uuid';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';

const TABLES = ['domain_events', 'inbox', 'notifications', 'notification_steps'];

/** `_2026_11`, that many months from now, in UTC as the partitions are. */
function suffix(months: number): string {
  const now = new Date();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
  return month.toISOString().slice(0, 7).replace(/^|-/g, '_');
}

/** An id as it will be made in the middle of that month. */
function idOf(months: number): string {
  const now = new Date();
  return v7({ msecs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 15) });
}

describe('ensure_event_partitions', () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const ensure = async (months: number, on = client): Promise<string[]> =>
    (await on.query('SELECT ensure_event_partitions($1) AS name', [months])).rows.map(({ name }) => name);
  const partitionOf = async (id: string): Promise<string> => {
    await client.query(`INSERT INTO domain_events (id, type, payload) VALUES ($1, 'x.y', '{}')`, [id]);
    const { rows } = await client.query(`SELECT tableoid::regclass::text AS name FROM domain_events WHERE id = $1`, [
      id,
    ]);
    return rows[0].name;
  };
  const caught = async () => {
    const { rows } = await client.query(
      `SELECT ${TABLES.map((table) => `(SELECT count(*)::int FROM ${table}_default)`).join(' + ')} AS n`,
    );
    return rows[0].n;
  };

  it('has created this month and the next three in the migration, and creates nothing more', async () => {
    expect(await ensure(3)).toEqual([]);
    for (const months of [0, 1, 2, 3]) expect(await partitionOf(idOf(months))).toBe(`domain_events${suffix(months)}`);
    expect(await caught()).toBe(0);
  });

  it('creates missing partitions for all four tables', async () => {
    expect(await ensure(5)).toEqual([4, 5].flatMap((months) => TABLES.map((table) => table + suffix(months))));
    expect(await ensure(5)).toEqual([]);
  });

  it('can run concurrently', async () => {
    const others = await Promise.all([1, 2, 3].map(async () => new Client({ connectionString: database.url })));
    await Promise.all(others.map((other) => other.connect()));
    const made = await Promise.all([client, ...others].map((one) => ensure(6, one)));
    expect(made.flat().sort()).toEqual(
      [4, 5, 6].flatMap((months) => TABLES.map((table) => table + suffix(months))).sort(),
    );
    await Promise.all(others.map((other) => other.end()));
  });

  it('stores the first and the last moment of a month in its partition', async () => {
    const now = new Date();
    const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    expect(await partitionOf(v7({ msecs: next - 1 }))).toBe(`domain_events${suffix(0)}`);
    expect(await partitionOf(v7({ msecs: next }))).toBe(`domain_events${suffix(1)}`);
  });

  it('moves rows of the default partition to their month', async () => {
    const [event, user] = [idOf(4), v7()];
    expect(await partitionOf(event)).toBe('domain_events_default');
    await client.query(`INSERT INTO inbox (event_id, reaction, state) VALUES ($1, 'r', 'done')`, [event]);
    await client.query(
      `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params) VALUES ($1, $2, 1, 'X', '{}')`,
      [event, user],
    );
    await client.query(
      `INSERT INTO notification_steps (id, event_id, recipient_user_id, step) VALUES ($1, $2, $3, 'sent')`,
      [v7(), event, user],
    );
    expect(await caught()).toBe(4);

    expect(await ensure(4)).toHaveLength(4);
    expect(await caught()).toBe(0);
    const { rows } = await client.query(
      `SELECT tableoid::regclass::text AS name FROM notifications WHERE event_id = $1`,
      [event],
    );
    expect(rows).toEqual([{ name: `notifications${suffix(4)}` }]);
  });

  it('gives every partition the indexes of its parent', async () => {
    await ensure(4);
    const indexes = async (table: string) => {
      const { rows } = await client.query(`SELECT indexdef FROM pg_indexes WHERE tablename = $1`, [table]);
      return rows.map(({ indexdef }) => String(indexdef).replace(/^.* USING /, '')).sort();
    };
    for (const table of TABLES) expect(await indexes(table + suffix(4))).toEqual(await indexes(table));
  });
});
