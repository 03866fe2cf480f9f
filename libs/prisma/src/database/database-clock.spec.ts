import { register } from 'prom-client';
import { HealthRegistry } from '@convene/observability/health';
import { withClockOffBy } from '@convene/testing/process-clock';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Database } from './database';
import { DatabaseClock } from './database-clock';
import { DatabaseHealth } from './database-health';

describe("a process whose clock differs from the database's", () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const health = new HealthRegistry();

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = new Database({ databaseUrl: testDatabase.url, applicationName: 'spec' });
    new DatabaseHealth(database, new DatabaseClock(database), health).onModuleInit();
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  it.each([
    ['ahead of', 3_600],
    ['behind', -3_600],
  ])('is ready and degraded, and reports by how much it is %s it', async (way, seconds) => {
    await withClockOffBy(seconds * 1_000, async () => {
      const { status, checks } = await health.report();
      expect(status).toBe('degraded');
      expect(checks.clock?.error).toMatch(new RegExp(`^the clock is (3599|3600)\\.\\d s ${way} the database's`));
      const metric = await register.getSingleMetric('clock_skew_seconds')?.get();
      expect(Math.round((metric?.values[0]?.value ?? 0) / 10) * 10).toBe(seconds);
    });
  });

  it('is ok within the delay of a slow answer', async () => {
    await withClockOffBy(1_000, async () => expect((await health.report()).status).toBe('ok'));
    expect((await health.report()).status).toBe('ok');
  });
});
