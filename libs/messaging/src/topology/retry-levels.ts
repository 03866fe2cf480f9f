export interface RetryPolicy {
  /** Attempts in all, the first included: RABBITMQ_RETRY_MAX. */
  readonly maxAttempts: number;
  /** The first delay: RABBITMQ_RETRY_BASE_MS. */
  readonly baseMs: number;
}

/** Delays quadruple, so five attempts reach over a minute; each step comes in two lengths, which is its jitter. */
const GROWTH = 4;
const SPREAD = [1, 1.5] as const;

/**
 * Retry queues have a queue-level TTL, because a per-message TTL blocks at the head. So jitter is a choice between two
 * queues per step rather than a random number: levels 2n-1 and 2n serve the n-th retry.
 * @returns the TTL in milliseconds of level `index + 1`.
 */
export function retryDelays({ maxAttempts, baseMs }: RetryPolicy): number[] {
  const steps = Array.from({ length: Math.max(0, maxAttempts - 1) }, (_, step) => baseMs * GROWTH ** step);
  return steps.flatMap((delay) => SPREAD.map((factor) => Math.round(delay * factor)));
}

/** The level for the retry after `attempt` failed attempts; at random between the two of its step. */
export function retryLevel(attempt: number, random: () => number = Math.random): number {
  return (attempt - 1) * SPREAD.length + 1 + Math.floor(random() * SPREAD.length);
}
