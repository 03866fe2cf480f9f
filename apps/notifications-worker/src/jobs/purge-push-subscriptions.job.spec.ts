import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { OfflineHarness } from '../test-support/offline-harness';
import { PurgePushSubscriptionsJob } from './purge-push-subscriptions.job';

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

it('the purge deletes exactly the push subscriptions of ended sessions', async () => {
  const userId = await new OfflineHarness(prisma, db).person();
  const later = new Date(Date.now() + 60_000);
  const sessions = [
    { id: newId(), userId, expiresAt: later },
    { id: newId(), userId, expiresAt: new Date() },
    { id: newId(), userId, expiresAt: later, revokedAt: new Date() },
  ];
  await prisma.session.createMany({ data: sessions });
  await prisma.pushSubscription.createMany({
    data: sessions.map(({ id: sessionId }) => ({
      ...{ id: newId(), userId, sessionId, keys: {} },
      endpoint: `https://push.example/${sessionId}`,
    })),
  });
  await new PurgePushSubscriptionsJob(db).run(new AbortController().signal);
  expect(await prisma.pushSubscription.findMany({ select: { sessionId: true } })).toEqual([
    { sessionId: sessions[0]?.id },
  ]);
});
