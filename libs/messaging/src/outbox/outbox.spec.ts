import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { PrismaService } from '@convene/prisma/prisma.service';
import { withClockOffBy } from '@convene/testing/process-clock';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { type NewEvent, newEvent } from './append';
import { Outbox } from './outbox';
import type { OutboxRelay } from './outbox-relay';

let database: TestDatabase;
let prisma: PrismaService;
let outbox: Outbox;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  outbox = new Outbox(prisma.database);
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
const appendAll = (events: NewEvent[]) => outbox.transaction((_tx, append) => append.now(events));

it('the outbox appends events of several companies, or of none, each with the version of its company', async () => {
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

it('the outbox waits for a concurrent change of membership, and takes its version', async () => {
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

it('the outbox commits nothing when one of the companies does not exist', async () => {
  const id = await company(1);
  const events = [updated(id), updated(newId())];
  await expect(appendAll(events)).rejects.toThrow('does not exist');
  await expect(outbox.transaction((_tx, append) => append.all(events))).rejects.toThrow('does not exist');
  expect(await prisma.domainEvent.count({ where: { companyId: id } })).toBe(0);
});

it('the outbox assigns ids in the order of the events in one statement', async () => {
  const id = await company(1);
  const ids = await appendAll(Array.from({ length: 500 }, () => updated(id)));
  expect(new Set(ids).size).toBe(500);
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
});

it('the outbox publishes each event with its own id, also when the clock goes back within the statement', async () => {
  const published: OutboxRow[] = [];
  const relay = { claimMs: 1_000, publishOwn: (rows: readonly OutboxRow[]) => void published.push(...rows) };
  const [{ definition }] = await prisma.$queryRaw<[{ definition: string }]>`
    SELECT pg_get_functiondef('next_event_id'::regproc) AS definition`;
  await prisma.$executeRawUnsafe(definition.replace('* 1000000', '* 1000000 - nth * 1000'));
  const events = [await company(1), await company(2), await company(3)].map(updated);
  await new Outbox(prisma.database, relay as unknown as OutboxRelay).transaction((_tx, append) => append.all(events));
  await prisma.$executeRawUnsafe(definition);
  const rows = await prisma.domainEvent.findMany({ where: { id: { in: published.map(({ id }) => id) } } });
  const facts = ({ id, payload, membershipVersion }: Pick<OutboxRow, 'id' | 'payload' | 'membershipVersion'>) => ({
    id,
    payload,
    membershipVersion,
  });
  expect(rows.map(facts)).toEqual(expect.arrayContaining(published.map(facts)));
  expect(published.map(({ membershipVersion }) => membershipVersion)).toEqual([1, 2, 3]);
});

it.each([
  ['behind', -1],
  ['ahead', 1],
])(
  'the outbox takes id and time from the database when the clock of the process is months %s',
  async (_, direction) => {
    const id = await company(1);
    const [eventId] = await withClockOffBy(direction * 100 * 86_400_000, () => appendAll([updated(id)]));
    const [row] = await prisma.$queryRaw<Record<string, unknown>[]>`
    SELECT tableoid::regclass::text AS partition, occurred_at > now() - interval '1 minute' AS recent,
      id BETWEEN uuid_v7_floor(now() - interval '1 minute') AND uuid_v7_floor(now() + interval '1 second') AS timely
    FROM domain_events WHERE id = ${eventId}::uuid`;
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');
    expect(row).toEqual({ partition: `domain_events_${month}`, recent: true, timely: true });
  },
);

/** Resolves once a transaction waits for a lock in this database. */
async function blocked(): Promise<void> {
  let waiting = 0;
  while (waiting === 0) {
    const [row] = await prisma.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    waiting = row?.waiting ?? 0;
  }
}
