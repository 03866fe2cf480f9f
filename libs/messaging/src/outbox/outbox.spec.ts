import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { type NewEvent, newEvent, Outbox } from './outbox';

let database: TestDatabase;
let prisma: PrismaService;
let outbox: Outbox;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService({ databaseUrl: database.url, applicationName: 'spec' });
  outbox = new Outbox(prisma);
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

async function company(membershipVersion: number): Promise<string> {
  const id = newId();
  await prisma.company.create({ data: { id, name: 'Acme', membershipVersion } });
  return id;
}

const updated = (companyId: string) =>
  newEvent(CompanyUpdated, { companyId, name: 'Ácme "2"', isPublic: true }, { actorId: null, companyId });
const appendAll = (events: NewEvent[]) => outbox.transaction((_tx, append) => append.all(events));

it('appends events of several companies, and of none, each with the version of its own', async () => {
  const [first, second] = [await company(3), await company(8)];
  const inviteId = newId();
  const mail = newEvent(InvitationMailRequested, { inviteId }, { actorId: null });
  const ids = await appendAll([updated(first), mail, updated(second), updated(first)]);
  const rows = await prisma.domainEvent.findMany({ where: { id: { in: ids } } });
  const inOrder = ids.map((id) => rows.find((row) => row.id === id));
  expect(inOrder).toMatchObject([
    { type: CompanyUpdated.type, companyId: first, membershipVersion: 3, internal: false },
    { type: InvitationMailRequested.type, companyId: null, membershipVersion: null, internal: true },
    { type: CompanyUpdated.type, companyId: second, membershipVersion: 8 },
    { type: CompanyUpdated.type, companyId: first, membershipVersion: 3 },
  ]);
  expect(inOrder.map((row) => row?.payload)).toMatchObject([
    { name: 'Ácme "2"', isPublic: true },
    { inviteId },
    { companyId: second },
    { companyId: first },
  ]);
});

it('waits for a change of membership that is under way, and takes the version it makes', async () => {
  const id = await company(1);
  let appending: Promise<string[]> | undefined;
  await prisma.$transaction(async (tx) => {
    await tx.company.update({ where: { id }, data: { membershipVersion: 2 } });
    appending = appendAll([updated(id)]);
    await blocked();
  });
  const [eventId] = (await appending) ?? [];
  expect(await prisma.domainEvent.findFirst({ where: { id: eventId ?? '' } })).toMatchObject({ membershipVersion: 2 });
});

it('commits nothing when one of the companies does not exist', async () => {
  const id = await company(1);
  await expect(appendAll([updated(id), updated(newId())])).rejects.toThrow('does not exist');
  expect(await prisma.domainEvent.count({ where: { companyId: id } })).toBe(0);
});

/** Resolves once somebody waits for a lock in this database. */
async function blocked(): Promise<void> {
  let waiting = 0;
  while (waiting === 0) {
    const [row] = await prisma.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    waiting = row?.waiting ?? 0;
  }
}
