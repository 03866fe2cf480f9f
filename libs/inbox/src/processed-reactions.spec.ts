import { Client } from 'pg';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ProcessedReactions } from './processed-reactions';

let database: TestDatabase;
let db: Database;
let other: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database({ databaseUrl: database.url, applicationName: 'spec' });
  other = new Client({ connectionString: database.url });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await db.onApplicationShutdown();
  await database.drop();
});

it('reactions are recorded at once while another session has the ledger row of one of them', async () => {
  const processed = new ProcessedReactions(db);
  const [held, ...free] = [newId(), newId(), newId()] as [string, ...string[]];
  await other.query('BEGIN');
  await other.query(`INSERT INTO inbox (event_id, reaction, state) VALUES ($1, 'r', 'done')`, [held]);
  let isOver = false;
  const waiting = processed.complete(held, 'r').then(() => (isOver = true));
  const started = performance.now();
  await Promise.all(free.map((eventId) => processed.complete(eventId, 'r')));
  expect(performance.now() - started).toBeLessThan(1_500);
  expect(isOver).toBe(false);
  await other.query('ROLLBACK');
  await waiting;
  const over = await Promise.all([held, ...free].map((eventId) => processed.isOver(eventId, 'r')));
  expect(over).toEqual([true, true, true]);
});
