import type { Queryable } from './queryable';
import { sql } from './sql';

/** The database's clock, for times that are compared across processes, whose clocks differ. After waiting for a lock, read it again. */
export async function databaseTime(database: Queryable): Promise<Date> {
  const [row] = await database.query<{ now: Date }>(sql`SELECT clock_timestamp() AS now`);
  if (!row) throw new Error('The database returned no time');
  return row.now;
}
