/** A limit: `points` per key and window of `seconds`. A call costs one point or more. */
export interface Budget {
  /** Unique among all budgets: part of the keys in Redis and of the response headers. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** The result of charging one call to one budget. */
export interface LimitResult {
  readonly budget: Budget;
  readonly allowed: boolean;
  /** Points left; after a refusal, the number that was too small. */
  readonly remaining: number;
  /** Milliseconds until the window ends and the full budget is available again. */
  readonly resetMs: number;
}
