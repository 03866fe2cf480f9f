import { setTimeout as wait } from 'node:timers/promises';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { PrismaService } from '../prisma.service';
import { Database } from './database';
import { asUnavailable } from './database-errors';
import { sql } from './sql';

jest.setTimeout(30_000);

describe('a database that falls silent', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let prisma: PrismaService;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.to(database.url);
    const databaseUrl = `${proxy.url}?connection_limit=2&pool_timeout=60`;
    prisma = new PrismaService(new Database({ databaseUrl, applicationName: 'spec', statementTimeoutMs: 500 }));
  });
  afterEach(async () => {
    await prisma.onApplicationShutdown();
    await proxy.close();
    await database.drop();
  });

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([
    ['a statement', () => prisma.$queryRaw`SELECT 1`],
    ['a model', () => prisma.user.count()],
    ['a statement of Database', () => prisma.database.query(sql`SELECT 1`)],
    [
      'a transaction of Database',
      () => prisma.database.transaction((tx) => Promise.all([1, 2].map((n) => tx.query(sql`SELECT ${n}::int`)))),
    ],
    ['a transaction', () => prisma.$transaction(async (tx) => tx.$queryRaw`SELECT 1`)],
  ])('fails %s within its deadline, and its connection is destroyed', async (_, ask) => {
    await ask();
    expect(proxy.open).toBe(1);
    proxy.freeze();
    const started = performance.now();
    expect(asUnavailable(await failureOf(ask()))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - started).toBeLessThan(4_000);
    while (proxy.open > 0) await wait(10);

    proxy.thaw();
    expect(await prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it('does not keep unanswered connections, however long the pool waits', async () => {
    proxy.freeze();
    const started = performance.now();
    const failures = await Promise.all([1, 2].map(() => failureOf(prisma.$queryRaw`SELECT 1`)));
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(failures.map((failure) => asUnavailable(failure)?.code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    proxy.thaw();
    expect(await prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it('is not confused with an idle connection, also within a transaction', async () => {
    await prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      await wait(2_000);
      await tx.$queryRaw`SELECT 1`;
    });
    await wait(2_000);
    expect(proxy.open).toBe(1);
    expect(await prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it('is noticed on a connection that was idle before for longer than a silence may last', async () => {
    await prisma.database.query(sql`SELECT 1`);
    await wait(2_000);
    await prisma.database.query(sql`SELECT 1`);
    proxy.freeze();
    const started = performance.now();
    expect(asUnavailable(await failureOf(prisma.database.query(sql`SELECT 1`)))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('is not confused with a slow one, whose statement is cancelled on a connection that stays', async () => {
    const failure = asUnavailable(await failureOf(prisma.$queryRaw`SELECT pg_sleep(3)`));
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
    expect(proxy.open).toBe(1);
  });
});
