import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { targetOf, withClient } from './database';
import { PRISMA_DIR } from './migrate';
import { runTool } from './run-tool';

jest.setTimeout(60_000);

describe('prisma:check', () => {
  let database: TestDatabase;
  let prismaDir: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    prismaDir = mkdtempSync(join(tmpdir(), 'convene-drift-'));
    cpSync(PRISMA_DIR, prismaDir, { recursive: true });
  });

  afterAll(async () => {
    rmSync(prismaDir, { recursive: true });
    await database.drop();
  });

  const check = (dir: string) =>
    runTool('check-drift-cli.ts', { CONVENE_TEST_DATABASE_URL: database.url, PRISMA_DIR: dir });

  it('finds schema.prisma and the migrations agreed, and leaves no database behind', async () => {
    expect(await check(PRISMA_DIR)).toEqual({ code: 0, output: 'schema.prisma and the migrations agree\n' });
    const shadows = `SELECT datname FROM pg_database WHERE datname LIKE 'convene_drift_%'`;
    const { rows } = await withClient(targetOf(database.url), (client) => client.query(shadows));
    expect(rows).toEqual([]);
  });

  it('fails with the SQL that is missing', async () => {
    const schema = readFileSync(join(prismaDir, 'schema.prisma'), 'utf8');
    writeFileSync(
      join(prismaDir, 'schema.prisma'),
      schema.replace('model Company {', 'model Company {\n  motto String?'),
    );
    const { code, output } = await check(prismaDir);
    expect(code).toBe(1);
    expect(output).toContain('ALTER TABLE "companies" ADD COLUMN     "motto" TEXT');
  });
});
