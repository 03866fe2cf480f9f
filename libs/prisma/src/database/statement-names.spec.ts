import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Database } from './database';
import { sql } from './sql';
import { statementNames } from './statement-names';

describe('statements', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  /** How often a statement was planned and run on the one connection, by what PostgreSQL remembers of it. */
  async function remembered(parameters: string): Promise<number[]> {
    const databaseUrl = `${database.url}?connection_limit=1${parameters}`;
    const connections = new Database({ databaseUrl, applicationName: 'spec' });
    try {
      for (let n = 0; n < 3; n++) await connections.query(sql`SELECT ${n}::int AS marker`);
      const rows = await connections.query<{ runs: number }>(sql`
        SELECT (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements WHERE statement LIKE '%AS marker'`);
      return rows.map(({ runs }) => runs);
    } finally {
      await connections.onApplicationShutdown();
    }
  }

  it('are prepared once per connection', async () => {
    expect(await remembered('')).toEqual([3]);
  });

  it('are not prepared through PgBouncer, where the next one may run on another connection', async () => {
    expect(await remembered('&pgbouncer=true')).toEqual([]);
  });
});

describe('statementNames', () => {
  it('gives each text a name of its own, and no name once there are many', () => {
    const nameOf = statementNames();
    const names = Array.from({ length: 1_000 }, (_, n) => nameOf({ sql: `SELECT ${n}` }));
    const given = names.filter((name) => name !== '');
    expect(new Set(given).size).toBe(given.length);
    expect(given.length).toBeLessThan(300);
    expect(names.at(-1)).toBe('');
    expect(nameOf({ sql: 'SELECT 7' })).toBe(names[7]);
  });
});
