import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { PurgeFormerAddressesJob } from './purge-former-addresses.job';

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const DAY = 86_400_000;
const days = (n: number) => new Date(Date.now() + n * DAY);

it('the purge deletes former addresses a week after the change, once they cannot be restored', async () => {
  const userId = newId();
  await prisma.user.create({ data: { id: userId, email: 'ana@example.com', displayName: 'Ana', passwordHash: '-' } });
  const former = (email: string, changedAt: Date, restorableUntil: Date) => ({
    ...{ id: newId(), userId, email, changedAt, restorableUntil },
  });
  await prisma.formerAddress.createMany({
    data: [
      former('over', days(-7.1), days(-0.1)),
      former('open', days(-6.9), days(0.1)),
      former('taken back', days(-7.1), days(-7.1)),
      former('unsent', days(-1), days(-1)),
    ],
  });
  await new PurgeFormerAddressesJob(db).run(new AbortController().signal);
  const kept = await prisma.formerAddress.findMany({ orderBy: { email: 'asc' } });
  expect(kept.map(({ email }) => email)).toEqual(['open', 'unsent']);
});
