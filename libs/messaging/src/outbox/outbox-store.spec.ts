import { Database } from '@convene/prisma/database/database';
import { sql, type Template } from '@convene/prisma/database/sql';
import { Transaction } from '@convene/prisma/database/transaction';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { OutboxStore } from './outbox-store';

const BATCH = 200;
const BACKLOG = 3_000;

describe('OutboxStore', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = new Database({ databaseUrl: testDatabase.url, applicationName: 'spec' });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const insert = (count: number, publishedAt: Date | null) =>
    database.execute(sql`
      INSERT INTO domain_events (type, payload, published_at)
      SELECT 'companies.deleted', '{}', ${publishedAt}::timestamptz FROM generate_series(1, ${count}::int)`);

  it('claims the oldest pending events, without sorting a backlog that the statistics do not know', async () => {
    await insert(BACKLOG, new Date());
    await database.execute(sql`ANALYZE domain_events`);
    await insert(BACKLOG, null);
    const store = new OutboxStore(database);

    const plans: string[] = [];
    const query = Transaction.prototype.query;
    jest.spyOn(Transaction.prototype, 'query').mockImplementation(async function (this: Transaction, claim: Template) {
      plans.push(JSON.stringify(await query.call(this, sql`EXPLAIN (FORMAT JSON) ${claim}`)));
      return query.call(this, claim);
    });
    const claimed = (await store.claim(BATCH, 1_000)).map(({ id }) => id).sort();
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('"Merge Append"');
    expect(plans[0]).not.toContain('"Sort"');

    const oldest = await database.query<{ id: string }>(
      sql`SELECT id FROM domain_events WHERE published_at IS NULL ORDER BY id LIMIT ${BATCH}`,
    );
    expect(claimed).toEqual(oldest.map(({ id }) => id));
  });

  it('keeps with an event that RabbitMQ returned it, until it answers otherwise', async () => {
    await database.execute(sql`DELETE FROM domain_events`);
    await insert(2, null);
    const store = new OutboxStore(database);
    const ids = (await store.claim(BATCH, 1_000)).map(({ id }) => id).sort();
    const returned = async () =>
      (await database.query<{ id: string }>(sql`SELECT id FROM domain_events WHERE returned_at IS NOT NULL`)).map(
        ({ id }) => id,
      );
    await store.release(ids, [ids[0]!]);
    expect(await returned()).toEqual([ids[0]]);
    await store.release(ids, []);
    expect(await returned()).toEqual([]);
  });
});
