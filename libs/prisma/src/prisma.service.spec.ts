import { register } from 'prom-client';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { Database } from './database/database';
import { asUnavailable, isUniqueViolation } from './database/database-errors';
import { ConvenePool } from './database/pool';
import { poolConfig } from './database/pool-config';
import { newId } from './ids';
import { PrismaService } from './prisma.service';
import { holdConnections } from './test-support/hold-connections';

describe('PrismaService', () => {
  let database: TestDatabase;
  let prisma: PrismaService;

  beforeAll(async () => {
    database = await createTestDatabase();
    const databaseUrl = `${database.url}?connection_limit=2&pool_timeout=1`;
    prisma = new PrismaService(new Database({ databaseUrl, applicationName: 'the-spec' }));
  });

  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('connects when first used, under its own name', async () => {
    expect(prisma.database.pool).toEqual({ total: 0, idle: 0, waiting: 0, limit: 2 });
    const rows =
      await prisma.$queryRaw`SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout`;
    expect(rows).toEqual([{ name: 'the-spec', timeout: '30s' }]);
  });

  describe('when all connections are busy', () => {
    let release: () => Promise<void>;

    beforeEach(async () => {
      release = await holdConnections(prisma.database, 2);
    });
    afterEach(() => release());

    it.each([
      ['a model', () => prisma.user.findMany()],
      ['raw SQL', () => prisma.$queryRaw`SELECT 1`],
      ['a transaction', () => prisma.$transaction(async (tx) => tx.user.count())],
    ])('refuses %s after pool_timeout, and says what to raise', async (_, work) => {
      const started = performance.now();
      const unavailable = asUnavailable(await failureOf(work()));
      expect(performance.now() - started).toBeGreaterThan(900);
      expect(unavailable).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      expect(unavailable?.message).toMatch(/All 2 database connections stayed busy for 1 s: raise connection_limit/);
    });

    it('serves callers that waited in time, and shows the queue in the metrics', async () => {
      const waiting = prisma.user.count().then((count) => count);
      while (prisma.database.pool.waiting === 0) await new Promise(setImmediate);
      const metrics = await register.getSingleMetricAsString('db_pool_connections');
      expect(metrics).toContain('db_pool_connections{pool="the-spec",state="used"} 2');
      expect(metrics).toContain('db_pool_connections{pool="the-spec",state="waiting"} 1');
      await release();
      expect(await waiting).toBe(0);
    });
  });

  it('recovers from a connection that the server cut', async () => {
    const cut = await failureOf(prisma.$executeRaw`SELECT pg_terminate_backend(pg_backend_pid())`);
    expect(asUnavailable(cut)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await prisma.user.count()).toBe(0);
  });

  it('tolerates a connection that the server cuts during close()', () => {
    const pool = new ConvenePool(poolConfig(database.url, 'closing'));
    expect(() => pool.emit('error', new Error('cut'))).not.toThrow();
  });

  it('distinguishes an unreachable database from a programming error', async () => {
    const absent = new PrismaService(
      new Database({ databaseUrl: 'postgresql://me@127.0.0.1:1/none', applicationName: 'x' }),
    );
    expect(asUnavailable(await failureOf(absent.user.count()))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(asUnavailable(await failureOf(prisma.$queryRaw`SELECT nonsense`))).toBeUndefined();
    await absent.onApplicationShutdown();
  });

  it('names the index of a duplicate row, for models and raw SQL alike', async () => {
    const user = { email: 'ana@example.com', passwordHash: '', displayName: '' };
    await prisma.user.create({ data: { id: newId(), ...user } });
    const model = await failureOf(prisma.user.create({ data: { id: newId(), ...user } }));
    const raw = await failureOf(
      prisma.$executeRaw`INSERT INTO users (id, email, password_hash, display_name) VALUES (${newId()}::uuid, ${user.email}, '', '')`,
    );
    for (const error of [model, raw]) {
      expect(isUniqueViolation(error)).toBe(true);
      expect(isUniqueViolation(error, 'users_email_key')).toBe(true);
      expect(isUniqueViolation(error, 'users_pkey')).toBe(false);
    }
  });
});
