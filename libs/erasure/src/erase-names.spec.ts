import { AudienceStore, CHUNK } from '@convene/inbox/audience/audience-store';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { eraseNames } from './erase-names';

const MEMBERS = CHUNK + 50;

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

/** An event to a company of `MEMBERS`, whose actor is one of them. */
async function messageToCompany() {
  const [companyId, actorId, id] = [newId(), newId(), newId()];
  const userIds = [actorId, ...Array.from({ length: MEMBERS - 1 }, newId)];
  await prisma.company.create({ data: { id: companyId, name: 'Acme', membershipVersion: 1 } });
  await prisma.user.createMany({
    data: userIds.map((userId) => ({ id: userId, email: userId, displayName: 'Ana', passwordHash: '-' })),
  });
  await prisma.membershipPeriod.createMany({
    data: userIds.map((userId) => ({ companyId, userId, role: 'MEMBER', fromVersion: 1 })),
  });
  const event = { id, actorId, companyId, membershipVersion: 1 };
  const names = { senderId: actorId, senderName: 'Ana', text: 'hello' };
  const payload = { audience: 'company', recipientIds: [], companyName: 'Acme', ...names };
  await prisma.domainEvent.create({ data: { ...event, type: 'notifications.sent', payload } });
  return { ...event, occurredAt: new Date().toISOString() };
}

it('the chunks of a large audience written after an erasure contain no erased text', async () => {
  const event = await messageToCompany();
  const params = { senderName: 'Ana', text: 'hello' };
  const draft = { users: [], roles: ['MEMBER'], except: [], code: 'MESSAGE', params, personal: true };
  const committed = await new NotificationWriter(prisma.database).commit(event, 'notify', [draft]);
  const audiences = new AudienceStore(prisma.database);
  const write = async (request = committed?.chunk) => {
    const { after } = request?.payload as { after: string };
    return audiences.write({ id: request?.id ?? '', after, subject: event }, 'write-chunk');
  };
  const first = await write();
  expect(first?.next).toBeDefined();
  await eraseNames(prisma.database, event.actorId);
  for (let next = first?.next; next;) next = (await write(next))?.next;
  const shown = await prisma.$queryRaw<object[]>`
    SELECT params, count(*)::int AS count FROM notifications WHERE event_id = ${event.id}::uuid GROUP BY params`;
  expect(shown).toEqual([{ params: { senderName: '[deleted]', text: '[deleted]' }, count: MEMBERS - 1 }]);
});
