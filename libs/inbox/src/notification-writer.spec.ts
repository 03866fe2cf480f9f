import { EventEmitter, once } from 'node:events';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import type { NotificationDraft, ReactionSubject } from './audience/draft';
import { NotificationWriter } from './notification-writer';

let database: TestDatabase;
let prisma: PrismaService;
let writer: NotificationWriter;
let query: jest.SpyInstance;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
});
beforeEach(() => {
  writer = new NotificationWriter(prisma.database);
  query = jest.spyOn(prisma.database, 'query');
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

async function user(): Promise<string> {
  const id = newId();
  await prisma.user.create({ data: { id, email: `${id}@example.com`, displayName: 'User', passwordHash: '-' } });
  return id;
}

function event(facts: Partial<ReactionSubject> = {}): ReactionSubject {
  const none = { actorId: null, companyId: null, membershipVersion: null };
  return { id: newId(), occurredAt: new Date().toISOString(), ...none, ...facts };
}

const to = (users: string[], more: Partial<NotificationDraft> = {}): NotificationDraft[] => [
  { users, roles: [], except: [], code: 'COMPANY_DELETED', params: { companyName: 'Acme' }, personal: false, ...more },
];

const counterOf = (userId: string) => prisma.inboxCounter.findUnique({ where: { userId } });

describe('reactions that are committed in one turn', () => {
  it('are one statement, and number the notifications of each recipient without a gap, in the order of their events', async () => {
    const [ana, bo] = [await user(), await user()];
    await writer.commit(event(), 'notify', to([ana]));
    query.mockClear();
    const events = [event(), event(), event(), event()];
    const audiences = [[ana], [bo, ana], [], [ana]];
    // In any order: the messages of a queue may overtake each other.
    const committed = await Promise.all(
      [2, 0, 3, 1].map(async (n) => [n, await writer.commit(events[n]!, 'notify', to(audiences[n]!))] as const),
    );
    expect(query).toHaveBeenCalledTimes(1);
    const rows = new Map(
      committed.map(([n, result]) => [
        n,
        result?.rows.map(({ eventId, recipientUserId, seq, unread }) => {
          expect(eventId).toBe(events[n]!.id);
          return [recipientUserId === ana ? 'ana' : 'bo', Number(seq), unread];
        }),
      ]),
    );
    expect(rows.get(0)).toEqual([['ana', 2, { count: 2, version: 2 }]]);
    expect(rows.get(1)?.sort()).toEqual([
      ['ana', 3, { count: 3, version: 3 }],
      ['bo', 1, { count: 1, version: 1 }],
    ]);
    expect(rows.get(2)).toEqual([]);
    expect(rows.get(3)).toEqual([['ana', 4, { count: 4, version: 4 }]]);
    expect(await counterOf(ana)).toMatchObject({ lastSeq: 4n, unreadCount: 4, version: 4n });
    expect(await prisma.processedReaction.count({ where: { eventId: { in: events.map(({ id }) => id) } } })).toBe(4);
  });

  it('that PostgreSQL refuses fail alone, and take no seq', async () => {
    const ana = await user();
    const events = [event(), event(), event()];
    const params = [{ companyName: 'A' }, { companyName: 'not a text: \u0000' }, { companyName: 'C' }];
    const committed = await Promise.allSettled(
      events.map((each, n) => writer.commit(each, 'notify', to([ana], { params: params[n]! }))),
    );
    expect(committed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const rows = await prisma.notification.findMany({ where: { recipientUserId: ana }, orderBy: { seq: 'asc' } });
    expect(rows.map(({ seq }) => Number(seq))).toEqual([1, 2]);
    expect(rows.map((row) => row.params).sort()).toEqual([{ companyName: 'A' }, { companyName: 'C' }]);
    expect(await prisma.processedReaction.count({ where: { eventId: events[1]!.id } })).toBe(0);
  });

  it('are each committed once, however often they are in the batch, or were committed before', async () => {
    const ana = await user();
    const [first, second] = [event(), event()];
    await writer.commit(first, 'notify', to([ana]));
    const committed = await Promise.all(
      [first, second, second, first, second].map((each) => writer.commit(each, 'notify', to([ana]))),
    );
    expect(committed.map((result) => result?.rows.length)).toEqual([undefined, 1, undefined, undefined, undefined]);
    expect(await counterOf(ana)).toMatchObject({ lastSeq: 2n, unreadCount: 2 });
  });

  it('are committed at once while one of their recipients is locked: only its own reactions wait', async () => {
    const [ana, bo, cy] = [await user(), await user(), await user()];
    await writer.commit(event(), 'notify', to([bo]));
    const released = new EventEmitter();
    const [locked, unlocked] = [once(released, 'locked'), once(released, 'release')];
    const locker = prisma.database.transaction(async (tx) => {
      await tx.query(sql`SELECT FROM inbox_counters WHERE user_id = ${bo}::uuid FOR UPDATE`);
      released.emit('locked');
      await unlocked;
    });
    await locked;
    const order: string[] = [];
    const commit = (recipients: string[], name: string) =>
      writer.commit(event(), 'notify', to(recipients)).then((result) => {
        order.push(name);
        return result?.rows.length;
      });
    const started = performance.now();
    const theirs = Promise.all([commit([bo], 'bo'), commit([bo], 'bo again'), commit([cy, bo], 'cy and bo')]);
    expect(await Promise.all([commit([ana], 'ana'), commit([cy], 'cy'), commit([ana, cy], 'both')])).toEqual([1, 1, 2]);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(order.sort()).toEqual(['ana', 'both', 'cy']);
    released.emit('release');
    expect(await theirs).toEqual([1, 1, 2]);
    await locker;
    expect(await counterOf(bo)).toMatchObject({ lastSeq: 4n, unreadCount: 4 });
  });

  it('of a locked recipient hold one connection, however many there are', async () => {
    const [ana, bo] = [await user(), await user()];
    await writer.commit(event(), 'notify', to([bo]));
    const small = new Database({
      databaseUrl: `${database.url}?connection_limit=2&pool_timeout=5`,
      applicationName: 'small',
    });
    const writing = new NotificationWriter(small);
    const released = new EventEmitter();
    const [locked, unlocked] = [once(released, 'locked'), once(released, 'release')];
    const locker = prisma.database.transaction(async (tx) => {
      await tx.query(sql`SELECT FROM inbox_counters WHERE user_id = ${bo}::uuid FOR UPDATE`);
      released.emit('locked');
      await unlocked;
    });
    await locked;
    const theirs: Promise<unknown>[] = [];
    for (let turn = 0; turn < 10; turn++) {
      theirs.push(writing.commit(event(), 'notify', to([bo])));
      expect((await writing.commit(event(), 'notify', to([ana])))?.rows).toHaveLength(1);
    }
    released.emit('release');
    await Promise.all([...theirs, locker]);
    expect(await counterOf(bo)).toMatchObject({ lastSeq: 11n, unreadCount: 11 });
    await small.onApplicationShutdown();
  });

  it('do not deadlock with the same ones in another process, in another order', async () => {
    const people = [await user(), await user(), await user()];
    const other = new Database({ databaseUrl: database.url, applicationName: 'other' });
    const retried = jest.spyOn(other, 'query');
    const theirs = new NotificationWriter(other);
    const ROUNDS = 30;
    for (let round = 0; round < ROUNDS; round++) {
      const events = Array.from({ length: 10 }, () => event());
      const reversed = [...people].reverse();
      await Promise.all([
        ...events.map((each) => writer.commit(each, 'notify', to(people))),
        ...[...events].reverse().map((each) => theirs.commit(each, 'notify', to(reversed))),
      ]);
    }
    // A deadlock would be another query each: the statement is repeated in place.
    expect(query.mock.calls.length + retried.mock.calls.length).toBe(2 * ROUNDS);
    for (const person of people) expect(await counterOf(person)).toMatchObject({ lastSeq: BigInt(10 * ROUNDS) });
    await other.onApplicationShutdown();
  });
});

it('a draft for members only leaves out users without a role at the version of the event', async () => {
  const [member, former] = [await user(), await user()];
  const companyId = newId();
  await prisma.company.create({ data: { id: companyId, name: 'Acme' } });
  const role = 'MEMBER';
  await prisma.membershipPeriod.createMany({
    data: [
      { companyId, userId: member, role, fromVersion: 2 },
      { companyId, userId: former, role, fromVersion: 1, toVersion: 3 },
    ],
  });
  const at = async (membershipVersion: number | null) => {
    const subject = event({ companyId, membershipVersion });
    const committed = await writer.commit(subject, 'notify', to([member, former], { onlyMembers: true }));
    return committed?.rows.map(({ recipientUserId }) => recipientUserId).sort();
  };
  expect(await at(1)).toEqual([former]);
  expect(await at(2)).toEqual([member, former].sort());
  expect(await at(3)).toEqual([member]);
  expect(await at(null)).toEqual([]);
});
