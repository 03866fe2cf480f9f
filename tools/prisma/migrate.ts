import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { codeOf, ensureDatabase, targetOf, withClient } from './database';

/** Where `prisma/` lies: in the repository, or wherever an image put it. */
export const PRISMA_DIR = resolve(process.env['PRISMA_DIR'] ?? join(__dirname, '../../prisma'));

const MIGRATIONS = join(PRISMA_DIR, 'migrations');

const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_TIMEOUT = '2s';
const LOCK_PAUSE_MS = 1_000;
const LOCK_ATTEMPTS = 30;

/** Held while a connection changes the schema or its grants. */
export const MIGRATE_LOCK = `SELECT pg_advisory_lock(hashtext('convene:migrate'))`;

/** The history as Prisma itself keeps it, so that `prisma migrate status` can read it. */
const HISTORY = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies what is not applied yet and returns the names, oldest first. Creates the database where it does not exist.
 * Simultaneous runs wait for one another. A migration and its entry in the history are one transaction, so one that failed
 * or was killed has left nothing behind, and the next run simply tries it again. One that was changed after it was applied
 * is reported, and not applied again.
 * Connect it to PostgreSQL itself: PgBouncer's transaction mode would lose the lock.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const target = targetOf(databaseUrl);
  await ensureDatabase(target);
  return withClient(target, async (client) => {
    await client.query(MIGRATE_LOCK);
    await client.query(HISTORY);
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
    const folders = readdirSync(MIGRATIONS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).sort();
    for (const name of names) {
      const checksum = applied.get(name);
      if (checksum !== undefined && checksum !== read(name).checksum) {
        console.warn(`Migration ${name} was changed after it was applied: this database does not have the change`);
      }
    }
    const missing = names.filter((name) => !applied.has(name));
    for (const name of missing) await apply(client, name);
    return missing;
  });
}

function read(name: string): { readonly sql: string; readonly checksum: string } {
  const sql = readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8');
  return { sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/**
 * While a statement waits for a lock, all who come after it wait, too. So it gives up after `LOCK_TIMEOUT`, lets them pass, and the
 * migration begins again. When a statement fails, the caller disconnects, which rolls the transaction back.
 */
async function apply(client: Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await applyOnce(client, name);
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE || attempt === LOCK_ATTEMPTS) {
        throw new Error(`Migration ${name} failed and was rolled back: ${(error as Error).message}`, { cause: error });
      }
      await client.query('ROLLBACK');
      await wait(LOCK_PAUSE_MS);
    }
  }
}

async function applyOnce(client: Client, name: string): Promise<void> {
  const { sql, checksum } = read(name);
  await client.query('BEGIN');
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  await client.query(sql);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
  await client.query('COMMIT');
}
