import type { Tx } from './transaction';

/** The database's clock, for what is compared across processes: theirs differ. After a lock was waited for, ask again. */
export async function databaseTime(tx: Pick<Tx, '$queryRaw'>): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error('The database did not say what time it is');
  return row.now;
}
