import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, DatabaseError, escapeLiteral } from 'pg';
import { targetOf, withClient } from './database';
import { MIGRATE_LOCK, PRISMA_DIR } from './migrate';

const GRANTS = readFileSync(join(PRISMA_DIR, 'grants.sql'), 'utf8');

/** The group of the workers' roles, which cannot log in itself. */
const WORKERS = 'convene_worker';
/** Read-only twice: without grants to write, and unable to try by mistake. */
const READERS = 'convene_ops';

/** The roles that prisma/grants.sql lists: one for each app, the group of the workers, and one for people who look. */
export const ROLES: readonly string[] = [...GRANTS.matchAll(/^ +'(convene_\w+)',?$/gm)].map(([, role]) => String(role));

/**
 * Creates the roles that do not exist. They can log in, but have no password: set one before an app uses it. `password` sets
 * it, of all of them, for servers that a developer's command has started.
 * @throws when the role of `databaseUrl` may not create roles.
 */
export async function ensureRoles(databaseUrl: string, password?: string): Promise<void> {
  await withClient(targetOf(databaseUrl), async (client) => {
    await client.query(MIGRATE_LOCK);
    for (const role of await missingRoles(client)) {
      await client.query(creationOf(role)).catch(explainRefusal);
    }
    if (!password) return;
    for (const role of ROLES.filter((role) => role !== WORKERS)) {
      await client.query(`ALTER ROLE ${role} PASSWORD ${escapeLiteral(password)}`);
    }
  });
}

/**
 * Applies prisma/grants.sql, if all its roles exist, in one transaction. Idempotent; `databaseUrl` is that of the migration,
 * whose role owns the tables. @returns false when a role does not exist.
 */
export async function applyGrants(databaseUrl: string): Promise<boolean> {
  return withClient(targetOf(databaseUrl), async (client) => {
    // A warning means that this role owns a part only, so that what it says would be granted or revoked is not.
    const warnings: string[] = [];
    client.on('notice', ({ severity, message }) => severity === 'WARNING' && warnings.push(message ?? ''));
    await client.query(MIGRATE_LOCK);
    if ((await missingRoles(client)).length > 0) return false;
    await client.query('BEGIN');
    await client.query(GRANTS);
    if (warnings.length > 0) {
      throw new Error(`Grants were not applied; run them as the owner of the database and its tables: ${warnings[0]}`);
    }
    await client.query('COMMIT');
    return true;
  });
}

async function missingRoles(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles WHERE rolname = ANY($1)', [
    ROLES,
  ]);
  return ROLES.filter((role) => !rows.some(({ rolname }) => rolname === role));
}

function creationOf(role: string): string {
  if (role === WORKERS) return `CREATE ROLE ${role}`;
  if (role === READERS) return `CREATE ROLE ${role} LOGIN; ALTER ROLE ${role} SET default_transaction_read_only = on`;
  return `CREATE ROLE ${role} LOGIN${role.endsWith('_worker') ? ` IN ROLE ${WORKERS}` : ''}`;
}

const INSUFFICIENT_PRIVILEGE = '42501';
/** Another run was quicker. */
const EXISTS_ALREADY = ['42710', '23505'];

function explainRefusal(error: unknown): void {
  const code = error instanceof DatabaseError ? error.code : undefined;
  if (code !== undefined && EXISTS_ALREADY.includes(code)) return;
  if (code !== INSUFFICIENT_PRIVILEGE) throw error;
  const statements = ROLES.map((role) => `${creationOf(role)};`).join('\n  ');
  throw new Error(
    `The role of DATABASE_URL may not create roles. Have an administrator run, and try again:\n  ${statements}`,
    { cause: error },
  );
}
