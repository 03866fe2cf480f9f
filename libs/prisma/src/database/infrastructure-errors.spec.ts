import { infrastructureCause } from '@convene/observability/infrastructure';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { newId } from '../ids';
import { PrismaService } from '../prisma.service';
import { holdConnections } from '../test-support/hold-connections';
import { Database } from './database';
import { isOfDatabase } from './database-errors';
import { rawSql, sql } from './sql';

/** Each failure as PostgreSQL itself reports it, by `Database` and through all that Prisma makes of it. */
describe('a failure of infrastructure', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let prisma: PrismaService;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const databaseUrl = `${testDatabase.url}?connection_limit=2&pool_timeout=1`;
    database = new Database({ databaseUrl, applicationName: 'spec' });
    prisma = new PrismaService(database);
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await testDatabase.drop();
  });

  const causeOf = (work: Promise<unknown>) => work.then(() => 'none', infrastructureCause);
  /** A table whose writes fail as those on a full disk do. */
  const full = async () => {
    await prisma.$executeRaw`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`;
    await prisma.$executeRaw`CREATE TRIGGER full_disk BEFORE INSERT ON companies FOR EACH ROW EXECUTE FUNCTION full_disk()`;
  };
  const company = () => ({ id: newId(), name: 'Acme' });

  it('is recognised in raw SQL, a model, and a transaction: a full disk', async () => {
    await full();
    const { id, name } = company();
    expect(await causeOf(prisma.$executeRaw`INSERT INTO companies (id, name) VALUES (${id}::uuid, ${name})`)).toBe(
      'resources',
    );
    expect(await causeOf(prisma.company.create({ data: company() }))).toBe('resources');
    const insert = sql`INSERT INTO companies (id, name) VALUES (${id}::uuid, ${name})`;
    expect(await causeOf(database.execute(insert))).toBe('resources');
    expect(await causeOf(database.transaction(async (tx) => tx.write(insert)))).toBe('resources');
    expect(await causeOf(prisma.$transaction((tx) => tx.company.create({ data: company() })))).toBe('resources');
  });

  it('is recognised for each limit of PostgreSQL: time, locks, read-only, temporary files', async () => {
    const inSession = async (setting: string, statement: string) => {
      const cause = await causeOf(
        prisma.$transaction(async (tx) => {
          await tx.$executeRawUnsafe(`SET LOCAL ${setting}`);
          await tx.$executeRawUnsafe(statement);
        }),
      );
      const same = await causeOf(
        database.transaction((tx) =>
          Promise.all([tx.execute(rawSql(`SET LOCAL ${setting}`)), tx.execute(rawSql(statement))]),
        ),
      );
      expect(same).toBe(cause);
      return cause;
    };
    expect(await inSession('statement_timeout = 20', 'SELECT pg_sleep(5)')).toBe('intervention');
    expect(await inSession('transaction_read_only = on', 'CREATE TABLE t (a int)')).toBe('read_only');
    const sort = 'SELECT count(*) FROM (SELECT g FROM generate_series(1, 300000) g ORDER BY md5(g::text)) s';
    expect(await inSession(`temp_file_limit = '64kB'`, sort)).toBe('resources');

    const holder = prisma.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE blocks`;
      return inSession('lock_timeout = 20', 'SELECT count(*) FROM blocks');
    });
    expect(await holder).toBe('lock');
  });

  it('is recognised when no connection is free, inside and outside of a transaction', async () => {
    const release = await holdConnections(database, 2);
    expect(await causeOf(prisma.$queryRaw`SELECT 1`)).toBe('pool');
    expect(await causeOf(database.query(sql`SELECT 1`))).toBe('pool');
    expect(await causeOf(database.transaction((tx) => tx.query(sql`SELECT 1`)))).toBe('pool');
    expect(await causeOf(prisma.$transaction((tx) => tx.user.count()))).toBe('pool');
    await release();
  });

  it('is recognised when the server is unreachable, refuses or closes the connection', async () => {
    const elsewhere = async (change: (url: URL) => void) => {
      const url = new URL(testDatabase.url);
      change(url);
      const other = new PrismaService(new Database({ databaseUrl: url.href, applicationName: 'spec' }));
      const ofDatabase = other.database.query(sql`SELECT 1`).then(
        () => 'none',
        (error: unknown) => [isOfDatabase(error), infrastructureCause(error)],
      );
      const cause = await causeOf(other.$queryRaw`SELECT 1`);
      expect(await ofDatabase).toEqual([true, cause]);
      await other.onApplicationShutdown();
      return cause;
    };
    expect(await elsewhere((url) => (url.port = '9'))).toBe('connection');
    expect(await elsewhere((url) => (url.pathname = '/absent'))).toBe('access');
    expect(await elsewhere((url) => (url.username = 'stranger'))).toBe('access');
    expect(await causeOf(prisma.$executeRaw`SELECT pg_terminate_backend(pg_backend_pid())`)).toBe('intervention');
    expect(await causeOf(database.query(sql`SELECT pg_terminate_backend(pg_backend_pid())`))).toBe('intervention');
  });

  it('is not confused with a programming error', async () => {
    expect(await causeOf(prisma.$queryRaw`SELECT nonsense`)).toBeUndefined();
    expect(await causeOf(prisma.company.update({ where: { id: newId() }, data: {} }))).toBeUndefined();
    expect(await causeOf(prisma.$queryRaw`SELECT 1 / 0`)).toBeUndefined();
    expect(await causeOf(database.query(sql`SELECT nonsense`))).toBeUndefined();
  });
});
