import type { ClientConfig } from 'pg';
import { Client, escapeIdentifier } from 'pg';

const DOES_NOT_EXIST = '3D000';
/** Somebody else was quicker: the second of two simultaneous CREATE DATABASE gets either. */
const EXISTS_ALREADY = ['42P04', '23505'];

/** A URL taken apart. Given whole, it would win over a `database` beside it, which shadow databases need. */
export function targetOf(databaseUrl: string): ClientConfig & { database: string } {
  const { host, port, user, password, database, ssl } = new Client({ connectionString: databaseUrl });
  if (!database) throw new Error('The database URL names no database');
  return { host, port, user, password, database, ssl, application_name: 'convene-migrate' };
}

/** Runs one statement on the server's maintenance database, as CREATE and DROP DATABASE need it. */
export async function onServer(target: ClientConfig, statement: string): Promise<void> {
  await withClient({ ...target, database: 'postgres' }, (client) => client.query(statement));
}

/** True if it was this call that created it. */
export async function ensureDatabase(target: ClientConfig & { database: string }): Promise<boolean> {
  try {
    await withClient(target, (client) => client.query('SELECT 1'));
    return false;
  } catch (error) {
    if (codeOf(error) !== DOES_NOT_EXIST) throw error;
  }
  try {
    await onServer(target, `CREATE DATABASE ${escapeIdentifier(target.database)}`);
    return true;
  } catch (error) {
    if (EXISTS_ALREADY.includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

export async function withClient<T>(target: ClientConfig, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(target);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
