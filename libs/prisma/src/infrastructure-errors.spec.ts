import { infrastructureCause } from '@convene/observability/infrastructure';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { newId } from './ids';
import { PrismaService } from './prisma.service';

/** Each failure as PostgreSQL itself reports it, through all that Prisma makes of it. */
describe('a failure of infrastructure', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  beforeAll(async () => {
    database = await createTestDatabase();
    const databaseUrl = `${database.url}?connection_limit=2&pool_timeout=1`;
    prisma = new PrismaService({ databaseUrl, applicationName: 'spec' });
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const causeOf = (work: Promise<unknown>) => work.then(() => 'none', infrastructureCause);
  /** A table whose writes fail as those on a full disk do. */
  const full = async () => {
    await prisma.$executeRaw`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`;
    await prisma.$executeRaw`CREATE TRIGGER full_disk BEFORE INSERT ON companies FOR EACH ROW EXECUTE FUNCTION full_disk()`;
  };
  const company = () => ({ id: newId(), name: 'Acme' });

  it('is known in raw SQL, a model, and a transaction alike: a full disk', async () => {
    await full();
    const { id, name } = company();
    expect(await causeOf(prisma.$executeRaw`INSERT INTO companies (id, name) VALUES (${id}::uuid, ${name})`)).toBe(
      'resources',
    );
    expect(await causeOf(prisma.company.create({ data: company() }))).toBe('resources');
    expect(await causeOf(prisma.$transaction((tx) => tx.company.create({ data: company() })))).toBe('resources');
  });

  it('is known by each limit that PostgreSQL enforces: time, locks, read-only, temporary files', async () => {
    const inSession = (setting: string, statement: string) =>
      causeOf(
        prisma.$transaction(async (tx) => {
          await tx.$executeRawUnsafe(`SET LOCAL ${setting}`);
          await tx.$executeRawUnsafe(statement);
        }),
      );
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

  it('is known when no connection is free, whether or not a transaction asks', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const busy: Promise<void>[] = [];
    const holders = [1, 2].map(() => {
      let isBusy = () => {};
      busy.push(new Promise((resolve) => (isBusy = resolve)));
      return prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        isBusy();
        await released;
      });
    });
    await Promise.all(busy);
    expect(await causeOf(prisma.$queryRaw`SELECT 1`)).toBe('pool');
    expect(await causeOf(prisma.$transaction((tx) => tx.user.count()))).toBe('pool');
    release();
    await Promise.all(holders);
  });

  it('is known when the server is not there, refuses us, or cuts us off', async () => {
    const elsewhere = (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      const other = new PrismaService({ databaseUrl: url.href, applicationName: 'spec' });
      return causeOf(other.$queryRaw`SELECT 1`).finally(() => other.onApplicationShutdown());
    };
    expect(await elsewhere((url) => (url.port = '9'))).toBe('connection');
    expect(await elsewhere((url) => (url.pathname = '/absent'))).toBe('access');
    expect(await elsewhere((url) => (url.username = 'stranger'))).toBe('access');
    expect(await causeOf(prisma.$executeRaw`SELECT pg_terminate_backend(pg_backend_pid())`)).toBe('intervention');
  });

  it('is not what a mistake of ours is called', async () => {
    expect(await causeOf(prisma.$queryRaw`SELECT nonsense`)).toBeUndefined();
    expect(await causeOf(prisma.company.update({ where: { id: newId() }, data: {} }))).toBeUndefined();
    expect(await causeOf(prisma.$queryRaw`SELECT 1 / 0`)).toBeUndefined();
  });
});
