import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Database } from './database';
import { PoolReporter, PROCESS_NAME } from './pool-reporter';
import { sql } from './sql';

let testDatabase: TestDatabase;
let owner: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = new Database({ databaseUrl: testDatabase.url, applicationName: 'spec' });
});
afterAll(async () => {
  await owner.onApplicationShutdown();
  await testDatabase.drop();
});

const reports = () => owner.query(sql`SELECT process, app, waiting, connections, longest_wait_ms FROM exhausted_pools`);

it.each(['', '&pgbouncer=true'])(
  'a process whose callers wait says so while its pool is exhausted, and only then%s',
  async (more) => {
    await owner.execute(sql`DELETE FROM exhausted_pools`);
    await owner.execute(sql`
    INSERT INTO exhausted_pools (process, app, waiting, connections, longest_wait_ms, reported_at)
    VALUES ('long gone', 'members-worker', 1, 1, 1, now() - interval '2 days')`);
    const databaseUrl = `${roleUrl(testDatabase.url, 'members-worker')}?connection_limit=2${more}`;
    const options = { databaseUrl, applicationName: 'members-worker' };
    const database = new Database(options);
    const reporter = new PoolReporter(options, database);
    reporter.onApplicationBootstrap();
    try {
      await database.query(sql`SELECT pg_sleep(1.5)`);
      expect(await reports()).toMatchObject([{ process: 'long gone' }]);
      await Promise.all(Array.from({ length: 5 }, () => database.query(sql`SELECT pg_sleep(2.5)`)));
      expect(await reports()).toEqual([
        {
          process: PROCESS_NAME,
          app: 'members-worker',
          waiting: 3,
          connections: 2,
          longest_wait_ms: expect.any(Number),
        },
      ]);
    } finally {
      reporter.onModuleDestroy();
      await database.onApplicationShutdown();
    }
  },
  30_000,
);
