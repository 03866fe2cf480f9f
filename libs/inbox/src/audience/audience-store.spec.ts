import { Database } from '@convene/prisma/database/database';
import { newId, NIL } from '@convene/prisma/ids';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { NotificationWriter } from '../notification-writer';
import { AudienceStore, CHUNK } from './audience-store';
import type { NotificationDraft } from './draft';
import { MAX_RECIPIENTS } from './recipients';

jest.setTimeout(60_000);

const MEMBERS = 20_000;
/** A statement over the whole company takes many times as long. */
const STATEMENT_TIMEOUT_MS = 2_000;

let database: TestDatabase;
let prisma: PrismaService;
let writer: NotificationWriter;
let audiences: AudienceStore;
/** Who writes: the first member, and owner. */
let sender: string;

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(
    new Database({
      databaseUrl: `${database.url}?statement_timeout=${STATEMENT_TIMEOUT_MS}`,
      applicationName: 'spec',
    }),
  );
  writer = new NotificationWriter(prisma.database);
  audiences = new AudienceStore(prisma.database);
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

/** A company of so many members, one of whom, its owner, is `sender` from now on. */
async function company(members: number): Promise<string> {
  const id = newId();
  await prisma.company.create({ data: { id, name: 'Acme', membershipVersion: members } });
  sender = newId();
  for (let from = 0; from < members; from += 2_000) {
    const count = Math.min(2_000, members - from);
    await prisma.$executeRaw`
      WITH people AS (
        INSERT INTO users (id, email, display_name, password_hash)
        SELECT id, id || '@example.com', 'Stranger', '-'
        FROM (SELECT CASE WHEN ${from} + n = 1 THEN ${sender}::uuid ELSE gen_random_uuid() END AS id
              FROM generate_series(1, ${count}) n) AS made
        RETURNING id
      )
      INSERT INTO membership_periods (company_id, user_id, role, from_version, to_version)
      SELECT ${id}::uuid, id, (CASE WHEN id = ${sender}::uuid THEN 'OWNER' ELSE 'MEMBER' END)::"Role", 1, NULL FROM people`;
  }
  return id;
}

const subject = (companyId: string | null) => ({
  id: newId(),
  occurredAt: new Date().toISOString(),
  actorId: sender,
  companyId,
  membershipVersion: companyId === null ? null : 2,
});

const draft = (over: Partial<NotificationDraft> = {}): NotificationDraft => ({
  ...{ users: [], roles: ['OWNER', 'ADMIN', 'MEMBER'], except: [], code: 'MESSAGE' },
  ...{ params: { senderName: 'Ana', text: 'hello' }, personal: true },
  ...over,
});

/** Its id is above all others. */
const LATE = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

interface Request {
  readonly eventId: string;
  readonly after: string;
}

/** Writes the chunk that an event requests. */
async function write(event: ReturnType<typeof subject>, request: OutboxRow) {
  const { after } = request.payload as Request;
  return audiences.write({ id: request.id, after, subject: event }, 'write-chunk');
}

async function writeAll(event: ReturnType<typeof subject>, first: OutboxRow | undefined): Promise<number[]> {
  const sizes: number[] = [];
  for (let request = first; request;) {
    const written = await write(event, request);
    sizes.push(written?.rows.length ?? -1);
    request = written?.next;
  }
  return sizes;
}

it('a large audience is written in statements of bounded size, and leaves no state behind', async () => {
  const event = subject(await company(MEMBERS));
  const committed = await writer.commit(event, 'notify', [draft()]);
  expect(committed).toMatchObject({ rows: [], chunk: { payload: { eventId: event.id } } });
  const sizes = await writeAll(event, committed?.chunk);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(CHUNK);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(MEMBERS - 1);
  const [inboxes] = await prisma.$queryRaw<object[]>`
    SELECT count(*)::int AS rows, count(DISTINCT recipient_user_id)::int AS recipients, min(seq)::int AS least,
      max(seq)::int AS most, bool_or(recipient_user_id = ${sender}::uuid) AS sender
    FROM notifications WHERE event_id = ${event.id}::uuid`;
  expect(inboxes).toEqual({ rows: MEMBERS - 1, recipients: MEMBERS - 1, least: 1, most: 1, sender: false });
  expect(await prisma.audience.count()).toBe(0);
});

describe('a chunk of an audience', () => {
  it('delivered again writes nothing, and returns the rows whose frames may not have been sent', async () => {
    const event = subject(await company(CHUNK + 50));
    const committed = await writer.commit(event, 'notify', [draft()]);
    const request = committed?.chunk as OutboxRow;
    const attempts = await Promise.all([1, 2, 3].map(() => write(event, request)));
    const [written, ...others] = attempts.sort((a, b) => (b?.rows.length ?? 0) - (a?.rows.length ?? 0));
    expect(others).toEqual([undefined, undefined]);
    const again = await audiences.rowsOf({ id: request.id, after: NIL, subject: event });
    expect(again.map((row) => row.recipientUserId)).toEqual(
      expect.arrayContaining(written?.rows.map((row) => row.recipientUserId) ?? ['some']),
    );
    expect(await writeAll(event, written?.next)).toEqual([expect.any(Number)]);
    expect(await prisma.notification.count({ where: { eventId: event.id } })).toBe(CHUNK + 49);
    expect(await prisma.domainEvent.count({ where: { payload: { path: ['eventId'], equals: event.id } } })).toBe(2);
  });

  it('without its drafts fails, and stays pending', async () => {
    const event = subject(await company(MAX_RECIPIENTS + 2));
    const committed = await writer.commit(event, 'notify', [draft()]);
    const request = committed?.chunk as OutboxRow;
    await prisma.audience.deleteMany({ where: { eventId: event.id } });
    await expect(write(event, request)).rejects.toThrow(/drafts of event .* are missing/);
    expect(await prisma.processedReaction.count({ where: { eventId: request.id } })).toBe(0);
  });

  it('notifies exactly the entitled recipients, each by the first draft that addresses them', async () => {
    const companyId = await company(CHUNK + 20);
    const event = subject(companyId);
    const members = await prisma.membershipPeriod.findMany({ where: { companyId, role: 'MEMBER' } });
    const [named, excepted, deaf, blocker, gone, admin] = members.map(({ userId }) => userId) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    await prisma.membershipPeriod.updateMany({ where: { companyId, userId: admin }, data: { role: 'ADMIN' } });
    await prisma.preference.create({ data: { userId: deaf, code: 'MESSAGE', channel: 'SOCKET', enabled: false } });
    await prisma.block.create({ data: { id: newId(), blockerId: blocker, blockedId: sender } });
    await prisma.user.update({ where: { id: gone }, data: { deletedAt: new Date() } });
    const drafts = [
      draft({ users: [named], roles: [], code: 'MEMBERSHIP_REMOVED', personal: false }),
      draft({ roles: ['ADMIN'], code: 'MEMBER_REMOVED', personal: false }),
      draft({ except: [excepted] }),
    ];
    const committed = await writer.commit(event, 'notify', drafts);
    await writeAll(event, committed?.chunk);
    const rows = await prisma.notification.findMany({ where: { eventId: event.id } });
    const codeOf = new Map(rows.map(({ recipientUserId, code }) => [recipientUserId, code]));
    expect([named, admin].map((id) => codeOf.get(id))).toEqual(['MEMBERSHIP_REMOVED', 'MEMBER_REMOVED']);
    expect([excepted, deaf, blocker, gone, sender].map((id) => codeOf.get(id))).toEqual(Array(5).fill(undefined));
    expect(rows).toHaveLength(CHUNK + 20 - 5);
  });

  it('notifies the members at the version of the event, however late it is written', async () => {
    const companyId = await company(CHUNK + 20);
    const event = subject(companyId);
    const committed = await writer.commit(event, 'notify', [draft()]);
    const written = await write(event, committed?.chunk as OutboxRow);
    const last = await prisma.membershipPeriod.findFirst({ where: { companyId }, orderBy: { userId: 'desc' } });
    await prisma.membershipPeriod.updateMany({
      where: { companyId, userId: last?.userId ?? '' },
      data: { toVersion: 3 },
    });
    await prisma.user.create({ data: { id: LATE, email: LATE, displayName: 'Late', passwordHash: '-' } });
    await prisma.membershipPeriod.create({ data: { companyId, userId: LATE, role: 'MEMBER', fromVersion: 4 } });
    await writeAll(event, written?.next);
    const rows = await prisma.notification.findMany({
      where: { eventId: event.id },
      select: { recipientUserId: true },
    });
    expect(rows).toHaveLength(CHUNK + 19);
    expect(rows).toContainEqual({ recipientUserId: last?.userId });
  });
});

it('many named recipients are written in chunks as well', async () => {
  const companyId = await company(CHUNK + 20);
  const members = await prisma.membershipPeriod.findMany({ where: { companyId } });
  const event = subject(null);
  const committed = await writer.commit(event, 'notify', [draft({ roles: [], users: members.map((m) => m.userId) })]);
  expect(committed?.rows).toEqual([]);
  await writeAll(event, committed?.chunk);
  expect(await prisma.notification.count({ where: { eventId: event.id } })).toBe(CHUNK + 19);
});

it('an audience of a hundred is written at once', async () => {
  const event = subject(await company(MAX_RECIPIENTS));
  const committed = await writer.commit(event, 'notify', [draft()]);
  expect(committed?.chunk).toBeUndefined();
  expect(committed?.rows).toHaveLength(MAX_RECIPIENTS - 1);
  expect(await writer.rowsOf(event.id)).toHaveLength(MAX_RECIPIENTS - 1);
});
