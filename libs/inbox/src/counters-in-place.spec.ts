import { Client } from 'pg';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { InboxChanges } from './inbox-changes';
import { NotificationWriter } from './notification-writer';

const PEOPLE = 20;
const EVENTS = 50;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What PostgreSQL has counted, once it has counted so many updates: sessions report when they end. @returns those in place (HOT). */
async function updatesInPlace(table: string, updates: number): Promise<number> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const count = 'SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = $1';
  let counted = { all: 0, hot: 0 };
  while (counted.all < updates) [counted = counted] = (await client.query<typeof counted>(count, [table])).rows;
  await client.end();
  return counted.hot;
}

it('updates the counters of inboxes in place, with no new entry in an index', async () => {
  const prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  const people = Array.from({ length: PEOPLE }, () => newId());
  await prisma.user.createMany({
    data: people.map((id) => ({ id, email: id, passwordHash: '-', displayName: 'Bo' })),
  });
  const writer = new NotificationWriter(prisma.database);
  const changes = new InboxChanges(prisma.database);
  for (let event = 0; event < EVENTS; event++) {
    const subject = { id: newId(), occurredAt: '', actorId: null, companyId: null, membershipVersion: null };
    const draft = { users: people, roles: [], except: [], code: 'COMPANY_DELETED', params: {}, personal: false };
    await writer.commit(subject, 'notify', [draft]);
    await changes.update(people[event % PEOPLE] as string, subject.id, { read: true });
  }
  await prisma.onApplicationShutdown();
  const updates = PEOPLE * (EVENTS - 1) + EVENTS;
  expect((await updatesInPlace('inbox_counters', updates)) / updates).toBeGreaterThanOrEqual(0.95);
});
