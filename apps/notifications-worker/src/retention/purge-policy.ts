/** For how many days rows are kept that nothing needs any more. */
export interface PurgePolicy {
  /** Sessions, after their end. */
  readonly sessionsDays: number;
  /** Invites and requests to join, after their decision. */
  readonly decidedDays: number;
}

export const PURGE_POLICY = Symbol('PurgePolicy');
