/** A greater difference is a clock that was set, or a machine that slept. */
const MAX_DRIFT_MS = 10;

let origin = performance.timeOrigin;

/** Milliseconds since 1970 with fractions: `Date.now()` cannot order the spans of a millisecond. Follows a clock that is set. */
export function now(): number {
  const drift = Date.now() - (origin + performance.now());
  if (Math.abs(drift) > MAX_DRIFT_MS) origin += drift;
  return origin + performance.now();
}
