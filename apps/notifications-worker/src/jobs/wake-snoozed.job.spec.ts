import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import type { FramePublisher } from '@convene/realtime/frames';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { WakeSnoozedJob } from './wake-snoozed.job';

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
let job: WakeSnoozedJob;
const frames: { room: string; event: string; frame: object }[] = [];
const publisher: FramePublisher = {
  emit: async (room, event, frame) => void frames.push({ room, event, frame }),
  subscribed: async (rooms) => rooms,
};

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
  job = new WakeSnoozedJob(db, publisher);
});
beforeEach(() => {
  frames.length = 0;
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const past = new Date(Date.now() - 1_000);
const future = new Date(Date.now() + 3_600_000);
const run = () => job.run(new AbortController().signal);

interface Given {
  readAt?: Date | null;
  archivedAt?: Date | null;
  snoozedUntil?: Date | null;
}
const isUnread = (row: Given) => !row.readAt && !row.archivedAt && !row.snoozedUntil;

/** A user with these rows and the matching counter. */
async function inboxOf(rows: Given[]): Promise<{ id: string; events: string[] }> {
  const id = newId();
  await prisma.user.create({ data: { id, email: `${id}@example.com`, passwordHash: '-', displayName: 'Bo' } });
  const counter = { lastSeq: BigInt(rows.length), unreadCount: rows.filter(isUnread).length, version: 1n };
  await prisma.inboxCounter.create({ data: { userId: id, ...counter } });
  const events = rows.map(() => newId());
  await prisma.notification.createMany({
    data: rows.map((row, n) => ({
      ...{ eventId: events[n] ?? '', recipientUserId: id, seq: BigInt(n + 1), code: 'MESSAGE', params: {} },
      ...row,
    })),
  });
  return { id, events };
}

it('the wake-up job returns exactly the due notifications to the inbox, unread', async () => {
  const { id, events } = await inboxOf([
    { snoozedUntil: past, readAt: past },
    { snoozedUntil: future },
    { snoozedUntil: past, archivedAt: past },
    { readAt: past },
    {},
  ]);
  await run();
  const rows = await prisma.notification.findMany({ where: { recipientUserId: id }, orderBy: { seq: 'asc' } });
  expect(rows.map(({ snoozedUntil, readAt }) => [snoozedUntil, readAt])).toEqual([
    [null, null],
    [future, null],
    [null, null],
    [null, past],
    [null, null],
  ]);
  const counter = await prisma.inboxCounter.findUniqueOrThrow({ where: { userId: id } });
  expect(counter).toMatchObject({ unreadCount: 2, version: 2n });
  const unread = { count: 2, version: 2 };
  const state = { readAt: null, snoozedUntil: null, deleted: false, unread };
  expect(frames.map(({ frame }) => frame)).toEqual(
    expect.arrayContaining([
      { id: events[0], archivedAt: null, ...state },
      { id: events[2], archivedAt: past.toISOString(), ...state },
    ]),
  );
  expect(frames).toHaveLength(2);
  expect(frames[0]).toMatchObject({ room: `user:${id}`, event: 'notifications.updated' });
});

it('concurrent instances of the wake-up job wake more than a batch, each notification once', async () => {
  const people = await Promise.all(
    Array.from({ length: 30 }, () => inboxOf(Array<Given>(40).fill({ snoozedUntil: past }))),
  );
  await Promise.all([run(), run(), run()]);
  const counters = await prisma.inboxCounter.findMany({ where: { userId: { in: people.map(({ id }) => id) } } });
  expect(counters.map(({ unreadCount }) => unreadCount)).toEqual(Array<number>(30).fill(40));
  const announced = frames.map(({ frame }) => (frame as { id: string }).id);
  expect(announced.sort()).toEqual(people.flatMap(({ events }) => events).sort());
});

it('the wake-up job leaves a notification that was snoozed again meanwhile', async () => {
  const { id } = await inboxOf([{ snoozedUntil: past }]);
  let running: Promise<void> | undefined;
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS locked FROM inbox_counters WHERE user_id = ${id}::uuid FOR UPDATE`;
    running = run();
    const waiting = () => prisma.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    while ((await waiting()).length === 0);
    await tx.notification.updateMany({ where: { recipientUserId: id }, data: { snoozedUntil: future } });
  });
  await running;
  expect(frames).toEqual([]);
  expect(await prisma.inboxCounter.findUnique({ where: { userId: id } })).toMatchObject({
    unreadCount: 0,
    version: 1n,
  });
});
