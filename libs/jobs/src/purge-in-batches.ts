const BATCH = 5_000;

/**
 * Repeats a deletion of at most `limit` rows until it finds fewer, so that no transaction of a job holds many locks for long.
 * @throws the signal's reason between two batches, once the lease of the job is lost
 */
export async function purgeInBatches(signal: AbortSignal, purge: (limit: number) => Promise<number>): Promise<void> {
  let purged: number;
  do {
    signal.throwIfAborted();
    purged = await purge(BATCH);
  } while (purged === BATCH);
}
