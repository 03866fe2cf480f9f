import type { Tx } from './transaction';

/** The database's clock, for times that are compared across processes, whose clocks differ. After waiting for a lock, read it again. */
export async function databaseTime(tx: Pick<Tx, '$queryRaw'>): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error('The database returned no time');
  return row.now;
}
