export interface RetryPolicy {
  /** Attempts in all, the first included: RABBITMQ_RETRY_MAX. */
  readonly maxAttempts: number;
  /** The first delay: RABBITMQ_RETRY_BASE_MS. */
  readonly baseMs: number;
}

/** Delays quadruple, so five attempts reach over a minute; each step comes in two lengths, which is its jitter. */
const GROWTH = 4;
const SPREAD = [1, 1.5] as const;
const MAX_MS = 900_000;

/** At least one: what waits for infrastructure needs a level even where one attempt is all. */
const stepsOf = ({ maxAttempts }: RetryPolicy) => Math.max(1, maxAttempts - 1);

const delayOf = ({ baseMs }: RetryPolicy, step: number, factor: number) =>
  Math.min(Math.round(baseMs * GROWTH ** (step - 1) * factor), MAX_MS);

/**
 * Retry queues have a queue-level TTL, because a per-message TTL blocks at the head. So jitter is a choice between two
 * queues per step rather than a random number.
 * @returns the delays of all levels, in milliseconds.
 */
export function retryDelays(policy: RetryPolicy): number[] {
  const steps = Array.from({ length: stepsOf(policy) }, (_, index) => index + 1);
  return [...new Set(steps.flatMap((step) => SPREAD.map((factor) => delayOf(policy, step, factor))))];
}

/**
 * The delay after a message has failed or waited this many times; at random one of the two of its step. Beyond the last
 * step it stays at the last.
 */
export function retryDelay(policy: RetryPolicy, times: number, random: () => number = Math.random): number {
  const factor = SPREAD[Math.floor(random() * SPREAD.length)] ?? SPREAD[0];
  return delayOf(policy, Math.min(Math.max(times, 1), stepsOf(policy)), factor);
}
