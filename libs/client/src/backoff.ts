const BASE_MS = 500;
const CAP_MS = 30_000;

/**
 * Full jitter: anything from nothing to a bound that doubles with every attempt, up to half a minute. Clients that lost
 * the same server do not come back together.
 * @param attempt How many have failed in a row: 0 is the first. @param random Of `[0, 1)`.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
}
