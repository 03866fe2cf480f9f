/** Scheduled work that one instance runs at a time, of any number of instances. */
export interface Job {
  /** Its row in `jobs` and its label in the metrics. */
  readonly name: string;
  /** From the end of one successful run to the start of the next. After a failure it runs again sooner. */
  readonly everyMs: number;
  /** What it goes by, for operators: JSON, which is stored in its row when the process starts. */
  readonly settings?: object;
  /**
   * @param signal Aborted when the process stops, or when the lease was lost. Then another instance may already run the
   *   job, so a run must be idempotent.
   * @returns in how many ms the next run is worth its while, where the job knows better than `everyMs`.
   * @throws to have the failure counted and stored in the row, and the job run again.
   */
  run(signal: AbortSignal): Promise<number> | Promise<void>;
}
