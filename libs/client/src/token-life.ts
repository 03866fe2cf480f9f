const RENEW_AT = 0.8;
const MIN_MS = 1_000;
/** What timers can count. */
const MAX_MS = 2 ** 31 - 1;

/** When a token was issued and ends, read without verifying it; undefined when it does not say. */
function lifeOf(token: string): { issuedAt: number | undefined; expiresAt: number } | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const { iat, exp } = JSON.parse(atob(payload)) as { iat?: unknown; exp?: unknown };
    if (typeof exp !== 'number') return undefined;
    return { issuedAt: typeof iat === 'number' ? iat * 1_000 : undefined, expiresAt: exp * 1_000 };
  } catch {
    return undefined;
  }
}

/**
 * In how many milliseconds to ask for the next token: at four fifths of what is left of this one, or, where the clock is
 * wrong by more than its life, of all of it. Undefined when the token does not tell.
 */
export function renewInMs(token: string, now = Date.now()): number | undefined {
  const life = lifeOf(token);
  if (!life) return undefined;
  const whole = life.issuedAt === undefined ? Infinity : life.expiresAt - life.issuedAt;
  const left = life.expiresAt - now;
  const counted = left > 0 && left <= whole ? left : whole;
  return Math.min(Math.max(counted * RENEW_AT, MIN_MS), MAX_MS);
}
