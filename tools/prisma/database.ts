import type { ClientConfig } from 'pg';
import { Client, escapeIdentifier } from 'pg';

const DOES_NOT_EXIST = '3D000';
/** Another run was quicker: the second of two simultaneous CREATE DATABASE gets either. */
const EXISTS_ALREADY = ['42P04', '23505'];

/** A URL taken apart. Given whole, it would win over a `database` beside it. */
export function targetOf(databaseUrl: string): ClientConfig & { database: string } {
  const { host, port, user, password, database, ssl } = new Client({ connectionString: databaseUrl });
  if (!database) throw new Error('The database URL names no database');
  return { host, port, user, password, database, ssl, application_name: 'convene-migrate' };
}

/** Runs one statement on the server's maintenance database, as CREATE and DROP DATABASE need it. */
export async function onServer(target: ClientConfig, statement: string): Promise<void> {
  await withClient({ ...target, database: 'postgres' }, (client) => client.query(statement));
}

export async function ensureDatabase(target: ClientConfig & { database: string }): Promise<void> {
  try {
    await withClient(target, (client) => client.query('SELECT 1'));
  } catch (error) {
    if (codeOf(error) !== DOES_NOT_EXIST) throw error;
    await onServer(target, `CREATE DATABASE ${escapeIdentifier(target.database)}`).catch((reason: unknown) => {
      if (!EXISTS_ALREADY.includes(codeOf(reason))) throw reason;
    });
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

/** SQLSTATE. */
export const codeOf = (error: unknown): string => String((error as { code?: unknown }).code);
