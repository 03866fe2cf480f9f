/** So many calls, or points of them, per so many seconds and key. */
export interface Budget {
  /** Unique among all budgets: it is in the keys and in the headers. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** What became of one call that was counted against one budget. */
export interface LimitResult {
  readonly budget: Budget;
  readonly allowed: boolean;
  /** Points that are left; after a refusal, those that were too few. */
  readonly remaining: number;
  /** Until the budget is whole again, in milliseconds. */
  readonly resetMs: number;
}
