import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRISMA_DIR } from '../prisma/migrate';
import { runTool } from '../prisma/run-tool';

/** Later than all of ours. */
const NAME = '99991231000000_of_the_fleet';
/** What the expand step of a release may contain: tables in use get columns that the running release does not know. */
const SQL = `
ALTER TABLE notifications ADD COLUMN of_the_fleet text;
ALTER TABLE domain_events ADD COLUMN of_the_fleet text;
ALTER TABLE memberships ADD COLUMN of_the_fleet int NOT NULL DEFAULT 0;
CREATE TABLE of_the_fleet (id uuid PRIMARY KEY, user_id uuid REFERENCES users (id) ON DELETE CASCADE);
`;

/** Applies our migrations and one more, as the migration of a release does. @returns its name. @throws when it was there before. */
export async function migrateOnce(databaseUrl: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'convene-fleet-prisma-'));
  try {
    cpSync(PRISMA_DIR, dir, { recursive: true });
    mkdirSync(join(dir, 'migrations', NAME));
    writeFileSync(join(dir, 'migrations', NAME, 'migration.sql'), SQL);
    const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: databaseUrl, PRISMA_DIR: dir });
    if (code !== 0 || !output.includes(`Applied ${NAME}`)) throw new Error(`The migration was not applied: ${output}`);
    return NAME;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
