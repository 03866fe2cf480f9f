/** Timed work, done by one instance at a time however many there are. */
export interface Job {
  /** Its row in `jobs` and its label in the metrics. */
  readonly name: string;
  /** From the end of one successful run to the next. After a failure it comes again sooner. */
  readonly everyMs: number;
  /**
   * @param signal Aborted when the process stops, or when the lease was lost: another instance may be at it already, so
   *   what a run does must bear being done twice.
   * @throws to have the failure counted, kept in the row, and the job run again.
   */
  run(signal: AbortSignal): Promise<void>;
}
