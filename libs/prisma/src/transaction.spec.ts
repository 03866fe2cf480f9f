import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { Database } from './database/database';
import { sql } from './database/sql';
import { newId } from './ids';
import { PrismaService } from './prisma.service';
import { inTransaction, sqlIn, Tx } from './transaction';

let database: TestDatabase;
let prisma: PrismaService;
const [ana, bo] = [newId(), newId()];

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  const user = { passwordHash: '', displayName: '' };
  await prisma.user.createMany({ data: [ana, bo].map((id) => ({ id, email: id, ...user })) });
});

beforeEach(() => prisma.inboxCounter.deleteMany());

afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

describe('inTransaction', () => {
  const addTo = (tx: Tx, userId: string) =>
    tx.inboxCounter.upsert({
      where: { userId },
      create: { userId, unreadCount: 1 },
      update: { unreadCount: { increment: 1 } },
    });

  const raise = (tx: Tx, userId: string) =>
    tx.$executeRaw`UPDATE inbox_counters SET unread_count = unread_count + 1 WHERE user_id = ${userId}::uuid`;

  /** Resolves, for both callers, once both have called: each then holds what the other wants. */
  function meeting() {
    let arrived = 0;
    let open: () => void;
    const met = new Promise<void>((resolve) => (open = resolve));
    return () => {
      if (++arrived >= 2) open();
      return met;
    };
  }

  it.each([
    ['models', addTo],
    ['raw SQL', raise],
  ])('runs the victim of a deadlock again (%s)', async (_, touch) => {
    for (const userId of [ana, bo]) await prisma.inboxCounter.create({ data: { userId } });
    const meet = meeting();
    let runs = 0;
    const both = (first: string, second: string) =>
      inTransaction(prisma, async (tx) => {
        runs++;
        await touch(tx, first);
        await meet();
        await touch(tx, second);
      });
    await Promise.all([both(ana, bo), both(bo, ana)]);

    expect(runs).toBe(3);
    expect(await prisma.inboxCounter.findMany({ select: { unreadCount: true } })).toEqual([
      { unreadCount: 2 },
      { unreadCount: 2 },
    ]);
  });

  it('runs again after a serialization failure, also when COMMIT reports it', async () => {
    const meet = meeting();
    const claim = (userId: string) =>
      inTransaction(
        prisma,
        async (tx) => {
          const [{ taken }] = await tx.$queryRaw<
            [{ taken: number }]
          >`SELECT count(*)::int AS taken FROM inbox_counters`;
          await meet();
          await tx.$executeRaw`INSERT INTO inbox_counters (user_id, unread_count) VALUES (${userId}::uuid, ${taken})`;
        },
        { isolationLevel: 'Serializable' },
      );
    await Promise.all([claim(ana), claim(bo)]);
    const counters = await prisma.inboxCounter.findMany({ orderBy: { unreadCount: 'asc' } });
    expect(counters.map(({ unreadCount }) => unreadCount)).toEqual([0, 1]);
  });

  it('rolls back when the work throws, and runs it once only', async () => {
    let runs = 0;
    const failing = inTransaction(prisma, async (tx) => {
      runs++;
      await addTo(tx, ana);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(runs).toBe(1);
    expect(await prisma.inboxCounter.count()).toBe(0);
  });

  it('gives up on a persistent conflict', async () => {
    let runs = 0;
    const conflict = inTransaction(prisma, async (tx) => {
      runs++;
      await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`;
    });
    await expect(conflict).rejects.toThrow('again');
    expect(runs).toBe(6);
  });
});

describe('sqlIn', () => {
  // A lock and what is read under it are called together.
  it('runs statements in the order of their calls, in whichever order they are awaited', async () => {
    await prisma.inboxCounter.create({ data: { userId: ana } });
    const [seen] = await inTransaction(prisma, async (tx) => {
      const transaction = sqlIn(tx);
      const raised = transaction.execute(sql`UPDATE inbox_counters SET unread_count = 7 WHERE user_id = ${ana}::uuid`);
      const found = await transaction.query(sql`SELECT unread_count AS n FROM inbox_counters`);
      await raised;
      return found;
    });
    expect(seen).toEqual({ n: 7 });
  });

  it('sends nothing after a statement that failed: those behind it fail with its error', async () => {
    const failing = inTransaction(prisma, async (tx) => {
      const transaction = sqlIn(tx);
      void transaction.query(sql`SELECT 1 / 0`);
      await transaction.query(sql`SELECT 1`);
    });
    await expect(failing).rejects.toThrow('division by zero');
  });
});
