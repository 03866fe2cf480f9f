import { setTimeout as pause } from 'node:timers/promises';
import { InboxRows } from '@convene/testing/inbox-rows';

const EVERY_MS = 5;

/**
 * Calls `work`, and looks every 5 ms for transactions that have written to inbox counters.
 * @returns the age of the oldest one seen, in milliseconds: no counter was locked for longer, but for the 5 ms.
 */
export async function longestLockDuring(databaseUrl: string, work: () => Promise<unknown>): Promise<number> {
  const rows = await InboxRows.connect(databaseUrl);
  let longest = 0;
  let over = false;
  const watch = async () => {
    while (!over) {
      const [{ age } = { age: null }] = await rows.query<{ age: number | null }>(
        `SELECT max(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS age
         FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.relation = 'inbox_counters'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted`,
      );
      longest = Math.max(longest, age ?? 0);
      await pause(EVERY_MS);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    over = true;
    await watching;
    await rows.end();
  }
  return longest;
}
