import { logger } from '@convene/observability/logger';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ConnectionRoom } from './connection-room';
import { Database } from './database';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
afterEach(() => jest.restoreAllMocks());

async function check(parameters: string): Promise<boolean> {
  const database = new Database({ databaseUrl: `${testDatabase.url}?${parameters}`, applicationName: 'spec' });
  const fits = await new ConnectionRoom(database).check();
  await database.onApplicationShutdown();
  return fits;
}

it('a process whose pool fits into what the others leave of max_connections starts without a warning', async () => {
  const warn = jest.spyOn(logger, 'warn');
  expect(await check('connection_limit=5')).toBe(true);
  expect(warn).not.toHaveBeenCalled();
});

it('a process whose pool does not fit warns with the figures and the remedy', async () => {
  const warn = jest.spyOn(logger, 'warn').mockReturnValue();
  expect(await check('connection_limit=9999')).toBe(false);
  const [figures, message] = warn.mock.calls[0] as unknown as [object, string];
  expect(figures).toEqual({
    connectionLimit: 9_999,
    othersHold: expect.any(Number),
    reserve: 10,
    maxConnections: expect.any(Number),
  });
  expect(message).toContain('lower connection_limit in DATABASE_URL');
});

it('a process behind PgBouncer is not compared with max_connections', async () => {
  expect(await check('connection_limit=9999&pgbouncer=true')).toBe(true);
});
