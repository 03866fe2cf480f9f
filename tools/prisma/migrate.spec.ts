import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { onServer, targetOf, withClient } from './database';
import { PRISMA_DIR } from './migrate';
import { runTool } from './run-tool';

const names = readdirSync(join(PRISMA_DIR, 'migrations')).filter((name) => !name.endsWith('.toml'));

jest.setTimeout(60_000);

/** In a process of its own, as a user runs it. */
const migrate = async (databaseUrl: string, prismaDir = PRISMA_DIR) => {
  const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: databaseUrl, PRISMA_DIR: prismaDir });
  if (code !== 0) throw new Error(output);
  return [...output.matchAll(/^Applied (.*)$/gm)].map(([, name]) => name);
};

describe('migrate', () => {
  let database: TestDatabase;
  let absent: string;
  let prismaDir: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    absent = `${database.url}_absent`;
    prismaDir = mkdtempSync(join(tmpdir(), 'convene-migrate-'));
    cpSync(PRISMA_DIR, prismaDir, { recursive: true });
  });

  afterEach(async () => {
    await onServer(targetOf(database.url), `DROP DATABASE IF EXISTS "${targetOf(absent).database}" WITH (FORCE)`);
    await database.drop();
    rmSync(prismaDir, { recursive: true });
  });

  const query = (url: string, sql: string) =>
    withClient(targetOf(url), async (client) => (await client.query(sql)).rows);
  const add = (name: string, sql: string) => {
    mkdirSync(join(prismaDir, 'migrations', name), { recursive: true });
    writeFileSync(join(prismaDir, 'migrations', name, 'migration.sql'), sql);
  };

  it('creates the database, applies all, and keeps the history that Prisma itself would keep', async () => {
    expect(await migrate(absent)).toEqual(names);
    const history = await query(absent, 'SELECT * FROM _prisma_migrations ORDER BY migration_name');
    const checksum = (name: string) =>
      createHash('sha256')
        .update(readFileSync(join(PRISMA_DIR, 'migrations', name, 'migration.sql')))
        .digest('hex');
    expect(history).toEqual(
      names.map((name) =>
        expect.objectContaining({ migration_name: name, checksum: checksum(name), finished_at: expect.any(Date) }),
      ),
    );
    expect(await query(absent, 'SELECT count(*) FROM users')).toEqual([{ count: '0' }]);
  });

  it('applies nothing the second time', async () => {
    expect(await migrate(database.url)).toEqual([]);
  });

  it('reports a migration that was changed after it was applied, and leaves the database as it is', async () => {
    const [first] = names as [string];
    const file = join(prismaDir, 'migrations', first, 'migration.sql');
    writeFileSync(file, `${readFileSync(file, 'utf8')}CREATE TABLE afterthought (id int);`);
    const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: database.url, PRISMA_DIR: prismaDir });
    expect(code).toBe(0);
    expect(output).toContain(`Migration ${first} was changed after it was applied`);
    expect(output.match(/was changed/g)).toHaveLength(1);
    expect(await query(database.url, `SELECT to_regclass('afterthought') AS t`)).toEqual([{ t: null }]);
  });

  it('waits for a lock in short pieces, so that nobody waits long behind it', async () => {
    const reader = new Client({ connectionString: database.url });
    await reader.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT FROM users');
    add('20991231000000_column', 'ALTER TABLE users ADD COLUMN age int;');
    const migrated = migrate(database.url, prismaDir);
    const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE users%'`;
    while ((await query(database.url, waits)).length === 0) await wait(20);
    const begun = performance.now();
    await query(database.url, 'SELECT count(*) FROM users');
    expect(performance.now() - begun).toBeLessThan(4_000);
    // Still without the lock that the reader holds.
    expect(await query(database.url, `SELECT FROM pg_attribute WHERE attname = 'age'`)).toEqual([]);
    await reader.query('COMMIT');
    await reader.end();
    expect(await migrated).toEqual(['20991231000000_column']);
  });

  it('requires a URL, and reports when nothing listens there', async () => {
    await expect(migrate('')).rejects.toThrow('DATABASE_URL is not set');
    await expect(migrate('postgresql://nobody@127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
  });

  it('is safe when several processes start at once', async () => {
    const runs = await Promise.all([1, 2].map(() => migrate(absent)));
    expect(runs.filter((applied) => applied.length > 0)).toEqual([names]);
  });

  it('leaves nothing of a failed migration, reports why, and applies it once it is fixed', async () => {
    const name = '99990101000000_broken';
    add(name, 'CREATE TABLE half (id int); SELECT nonsense;');
    await expect(migrate(database.url, prismaDir)).rejects.toThrow(/99990101000000_broken[^]*nonsense/);
    expect(await query(database.url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);

    add(name, 'CREATE TABLE half (id int);');
    expect(await migrate(database.url, prismaDir)).toEqual([name]);
  });
});
