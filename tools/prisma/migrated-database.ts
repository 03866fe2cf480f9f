import { randomUUID } from 'node:crypto';
import type { ClientConfig } from 'pg';
import { provideTestServers } from '../dev/test-servers';
import { onServer, targetOf } from './database';
import { migrate } from './migrate';

/** Migrates a database of its own, which is dropped afterwards, with its own PostgreSQL if need be. */
export async function withMigratedDatabase<T>(
  use: (target: ClientConfig & { database: string }) => Promise<T>,
): Promise<T> {
  const stop = await provideTestServers(['postgres']);
  const url = new URL(process.env['CONVENE_TEST_DATABASE_URL'] as string);
  url.pathname = `convene_drift_${randomUUID()}`;
  const target = targetOf(url.href);
  try {
    await migrate(url.href);
    return await use(target);
  } finally {
    await onServer(target, `DROP DATABASE IF EXISTS "${target.database}" WITH (FORCE)`);
    await stop();
  }
}
