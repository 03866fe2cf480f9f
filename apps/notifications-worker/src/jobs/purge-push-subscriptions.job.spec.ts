import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { OfflineHarness } from '../test-support/offline-harness';
import { PurgePushSubscriptionsJob } from './purge-push-subscriptions.job';

let database: TestDatabase;
let prisma: PrismaService;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

it('the purge deletes exactly the push subscriptions of ended sessions', async () => {
  const userId = await new OfflineHarness(prisma).person();
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
  await new PurgePushSubscriptionsJob(prisma.database).run(new AbortController().signal);
  expect(await prisma.pushSubscription.findMany({ select: { sessionId: true } })).toEqual([
    { sessionId: sessions[0]?.id },
  ]);
});
