import type { Database } from '../database/database';
import { sql } from '../database/sql';

/** Resolves when so many connections of the pool are in a transaction. @returns what ends the transactions. */
export async function holdConnections(database: Database, count: number): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const holders: Promise<void>[] = [];
  const busy = Array.from({ length: count }, () => {
    return new Promise<void>((resolve) => {
      const holder = database.transaction(async (tx) => {
        await tx.query(sql`SELECT 1`);
        resolve();
        await released;
      });
      holders.push(holder);
    });
  });
  await Promise.all(busy);
  return async () => {
    release();
    await Promise.all(holders);
  };
}
