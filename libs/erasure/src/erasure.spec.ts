import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Erasure } from './erasure';

let database: TestDatabase;
let prisma: PrismaService;
let erasure: Erasure;
let ana: string;
let bo: string;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  erasure = new Erasure(prisma.database);
  [ana, bo] = [await user('Ana', new Date()), await user('Bo')];
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

async function user(displayName: string, deletedAt: Date | null = null): Promise<string> {
  const id = newId();
  await prisma.user.create({ data: { id, email: id, displayName, passwordHash: '-', deletedAt } });
  return id;
}

it('an erasure covers a history of any length in batches, and leaves the data of other users', async () => {
  const companyId = newId();
  await prisma.company.create({ data: { id: companyId, name: 'Acme' } });
  await prisma.membershipPeriod.create({
    data: { companyId, userId: ana, role: 'MEMBER', fromVersion: 1, toVersion: 2 },
  });
  const removed = (userId: string, userName: string) => ({
    id: newId(),
    type: 'memberships.removed',
    payload: { companyId, companyName: 'Acme', userId, userName },
    actorId: bo,
    companyId,
  });
  const events = Array.from({ length: 1_300 }, (_, n) => (n % 2 ? removed(ana, 'Ana') : removed(bo, 'Bo')));
  await prisma.domainEvent.createMany({ data: events });
  await erasure.execute(ana);
  const names = await prisma.$queryRaw<object[]>`
    SELECT payload ->> 'userId' AS id, payload ->> 'userName' AS name, payload ->> 'companyName' AS company,
      count(*)::int AS count FROM domain_events GROUP BY 1, 2, 3 ORDER BY 2`;
  expect(names).toEqual(
    expect.arrayContaining([
      { id: ana, name: '[deleted]', company: 'Acme', count: 650 },
      { id: bo, name: 'Bo', company: 'Acme', count: 650 },
    ]),
  );
});

it('an erasure covers every recipient of an event, and the longest inbox', async () => {
  const id = newId();
  const payload = {
    audience: 'users',
    recipientIds: [],
    companyName: null,
    senderId: ana,
    senderName: 'Ana',
    text: 'hi',
  };
  await prisma.domainEvent.create({ data: { id, type: 'notifications.sent', payload, actorId: ana } });
  const params = { senderName: 'Ana', text: 'hi', companyName: null };
  await prisma.notification.createMany({
    data: Array.from({ length: 2_300 }, () => ({
      eventId: id,
      recipientUserId: newId(),
      seq: 1,
      code: 'MESSAGE',
      params,
    })),
  });
  await prisma.notification.createMany({
    data: Array.from({ length: 2_300 }, (_, n) => ({
      eventId: newId(),
      recipientUserId: ana,
      seq: n + 1,
      code: 'MEMBER_LEFT',
      params: { userName: 'Bo' },
    })),
  });
  const [own] = await prisma.notification.findMany({ where: { recipientUserId: ana }, take: 1 });
  await prisma.notificationStep.create({
    data: { id: newId(), eventId: own?.eventId ?? '', recipientUserId: ana, step: 'created' },
  });
  await erasure.execute(ana);
  const shown = await prisma.$queryRaw<object[]>`
    SELECT params, count(*)::int AS count FROM notifications WHERE event_id = ${id}::uuid GROUP BY params`;
  expect(shown).toEqual([{ params: { senderName: '[deleted]', text: '[deleted]', companyName: null }, count: 2_300 }]);
  expect(await prisma.notification.count({ where: { recipientUserId: ana } })).toBe(0);
  expect(await prisma.notificationStep.count({ where: { recipientUserId: ana } })).toBe(0);
});
