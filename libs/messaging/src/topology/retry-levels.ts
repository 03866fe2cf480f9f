export interface RetryPolicy {
  /** Attempts in all, the first included: RABBITMQ_RETRY_MAX. */
  readonly maxAttempts: number;
  /** The first delay: RABBITMQ_RETRY_BASE_MS. */
  readonly baseMs: number;
}

/** By the default values of the two variables. */
export const DEFAULT_RETRIES: RetryPolicy = { maxAttempts: 5, baseMs: 1_000 };

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

/** Takes failed messages, under the name of the queue they return to, to the level that their header names. */
export const RETRY_EXCHANGE = 'retries';
/** Takes them back from every level to that queue. */
export const RETURN_EXCHANGE = 'retries.due';
/**
 * Takes what cannot return because its queue was deleted to a level of its own, which tries again until there is a queue.
 * A level that keeps such messages stops after 32 of them, for every other queue too.
 */
export const UNROUTABLE_EXCHANGE = 'retries.unroutable';
export const UNROUTABLE_LEVEL = 'retry.unroutable';
export const UNROUTABLE_DELAY_MS = 5_000;

/** Without `x-`: a headers exchange ignores headers with that prefix. */
export const LEVEL_HEADER = 'convene-retry-level';

/**
 * The queue of a level, shared by all queues. The delay is in the name, because a queue's TTL cannot change: another
 * RABBITMQ_RETRY_BASE_MS makes other levels, and those of before empty themselves.
 */
export const levelOf = (delayMs: number) => `retry.${delayMs}ms`;
