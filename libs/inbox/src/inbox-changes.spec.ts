import fc from 'fast-check';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { insertNotifications } from '@convene/testing/insert-notifications';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { InboxChanges, type WantedState } from './inbox-changes';

let database: TestDatabase;
let prisma: PrismaService;
let changes: InboxChanges;

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  changes = new InboxChanges(prisma.database);
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

async function newUser(): Promise<string> {
  const id = newId();
  await prisma.user.create({ data: { id, email: `${id}@example.com`, passwordHash: '-', displayName: 'Bo' } });
  return id;
}
async function notify(userId: string, count: number): Promise<string[]> {
  return (await insertNotifications(prisma, userId, count)).map(({ id }) => id);
}
/** The unread count, counted from the rows. */
const recount = (recipientUserId: string) =>
  prisma.notification.count({
    where: { recipientUserId, readAt: null, archivedAt: null, snoozedUntil: null, deletedAt: null },
  });
const counterOf = (userId: string) => prisma.inboxCounter.findUniqueOrThrow({ where: { userId } });

type Step =
  { do: 'update'; at: number; wish: WantedState } | { do: 'delete'; at: number } | { do: 'readAll' } | { do: 'arrive' };

const tomorrow = new Date(Date.now() + 86_400_000);
const maybe = <T>(...values: T[]) => fc.constantFrom<T | undefined>(undefined, ...values);
const at = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      at,
      wish: fc.record({
        read: maybe(true, false),
        archived: maybe(true, false),
        snoozedUntil: maybe(tomorrow, new Date(tomorrow.getTime() + 1), null),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), at }) },
  { weight: 1, arbitrary: fc.constant({ do: 'readAll' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'arrive' as const }) },
);

async function take(userId: string, ids: string[], step: Step): Promise<boolean> {
  const id = 'at' in step ? (ids[step.at] ?? newId()) : '';
  switch (step.do) {
    case 'update':
      return (await changes.update(userId, id, step.wish))?.changed ?? false;
    case 'delete':
      return (await changes.delete(userId, id))?.changed ?? false;
    case 'readAll':
      return (await changes.readAll(userId)).changed > 0;
    case 'arrive':
      ids.push(...(await notify(userId, 1)));
      return true;
  }
}

it('the unread count equals the rows, and the version rises with each change only, in any sequence of steps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const userId = await newUser();
      const ids = await notify(userId, 3);
      for (const step of steps) {
        const before = await counterOf(userId);
        const changed = await take(userId, ids, step);
        const after = await counterOf(userId);
        expect(after.unreadCount).toBe(await recount(userId));
        expect(after.version - before.version).toBe(changed ? 1n : 0n);
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('the unread count equals the rows under concurrent changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
      const userId = await newUser();
      const ids = await notify(userId, 3);
      const changed = await Promise.all(steps.map((step) => take(userId, ids, step)));
      const counter = await counterOf(userId);
      expect(counter.unreadCount).toBe(await recount(userId));
      expect(counter.version).toBe(1n + BigInt(changed.filter(Boolean).length));
    }),
    { numRuns: 60 },
  );
}, 60_000);

describe('a change of a notification', () => {
  const only = async (...wishes: WantedState[]) => {
    const userId = await newUser();
    const [id] = await notify(userId, 1);
    let last;
    for (const wish of wishes) last = await changes.update(userId, id ?? '', wish);
    return last;
  };

  it('changes the named fields only', async () => {
    const change = await only({ read: true, snoozedUntil: tomorrow }, { archived: true });
    expect(change).toMatchObject({
      changed: true,
      row: { readAt: expect.any(Date) as Date, archivedAt: expect.any(Date) as Date, snoozedUntil: tomorrow },
      unread: { count: 0, version: 3 },
    });
  });

  it('repeated changes nothing, not even the time it was read', async () => {
    const [first, again] = [await only({ read: true }), await only({ read: true }, { read: true })];
    expect([first?.changed, again?.changed]).toEqual([true, false]);
    expect(again?.unread).toEqual({ count: 0, version: 2 });
  });

  it('that ends its snooze makes it unread, unless the change says that it is read', async () => {
    const read = { read: true, snoozedUntil: tomorrow };
    expect(await only(read, { snoozedUntil: null })).toMatchObject({ row: { readAt: null }, unread: { count: 1 } });
    expect(await only(read, { snoozedUntil: null, read: true })).toMatchObject({
      row: { readAt: expect.any(Date) as Date, snoozedUntil: null },
      unread: { count: 0 },
    });
    expect(await only({ read: true }, { snoozedUntil: null })).toMatchObject({ changed: false });
  });
});

describe('a deleted notification', () => {
  it('is not found by later changes, keeps no text, and is not counted', async () => {
    const userId = await newUser();
    const [id = ''] = await notify(userId, 2);
    expect(await changes.delete(userId, id)).toMatchObject({ changed: true, unread: { count: 1, version: 2 } });
    expect(await changes.delete(userId, id)).toBeUndefined();
    expect(await changes.update(userId, id, { read: false, archived: false, snoozedUntil: null })).toBeUndefined();
    expect(await prisma.notification.findFirst({ where: { eventId: id } })).toMatchObject({ params: {} });
    expect(await counterOf(userId)).toMatchObject({ unreadCount: 1, version: 2n, lastSeq: 2n });
  });
});
