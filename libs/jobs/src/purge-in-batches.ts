import { Counter } from 'prom-client';

const BATCH = 5_000;

const purgedRows = new Counter({
  name: 'purged_rows_total',
  help: 'Rows that the jobs of the retention deleted on this instance, by table',
  labelNames: ['table'],
});

/**
 * Repeats a deletion of at most `limit` rows until it finds fewer, so that no transaction of a job holds many locks for long.
 * @throws the signal's reason between two batches, once the lease of the job is lost
 */
export async function purgeInBatches(
  signal: AbortSignal,
  table: string,
  purge: (limit: number) => Promise<number>,
): Promise<void> {
  let purged: number;
  do {
    signal.throwIfAborted();
    purged = await purge(BATCH);
    purgedRows.inc({ table }, purged);
  } while (purged === BATCH);
}
