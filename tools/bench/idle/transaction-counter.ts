import { Client } from 'pg';
import { required } from '@convene/testing/required';
import type { Undo } from '../../dev/terminal';

/**
 * How many transactions a database has ended, by its URL: at idle a statement is a transaction of its own, but for the few
 * that jobs put together. Read over a connection to another database, so that reading does not count.
 */
export async function transactionCounter(undo: Undo): Promise<(databaseUrl: string) => Promise<number>> {
  const client = new Client({ connectionString: required('CONVENE_TEST_DATABASE_URL') });
  await client.connect();
  undo.push(() => client.end());
  return async (databaseUrl) => {
    const name = new URL(databaseUrl).pathname.slice(1);
    const { rows } = await client.query<{ ended: number }>(
      'SELECT (xact_commit + xact_rollback)::int AS ended FROM pg_stat_database WHERE datname = $1',
      [name],
    );
    return rows[0]?.ended ?? NaN;
  };
}
