import { backoffMs } from './backoff';

/** How a connection, or the attempt at one, ended. */
export interface End {
  readonly code: string;
  /** For developers. */
  readonly reason: string;
  /** Refused before it was live, ended by the server, or lost. */
  readonly by: 'refusal' | 'closing' | 'loss';
  /** Whether a reconnect can succeed, according to the server or the code. */
  readonly reconnect: boolean;
  readonly retryAfterMs?: number | undefined;
}

export interface Circumstances {
  /** Ends in a row since the last stable connection. */
  readonly attempt: number;
  /** Whether the last connection was live for a while. */
  readonly stable: boolean;
  /** Whether the token was refreshed for this attempt. */
  readonly fresh: boolean;
}

export type NextStep =
  /** `fixed`: the server stated the time, and no other event shortens the wait. */
  | { readonly kind: 'wait'; readonly ms: number; readonly fixed: boolean; readonly refresh: boolean }
  | { readonly kind: 'close' };

/** Refusals that a new token may resolve. */
const CURABLE = new Set(['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED']);

/** @returns what follows an end: another attempt after a wait, or closing for good. */
export function nextStep(
  { code, by, reconnect, retryAfterMs = 0 }: End,
  { attempt, stable, fresh }: Circumstances,
  random: () => number = Math.random,
): NextStep {
  const curable = by === 'refusal' && CURABLE.has(code);
  if (curable ? fresh : !reconnect) return { kind: 'close' };
  const refresh = curable || code === 'TOKEN_EXPIRED';
  if (retryAfterMs > 0) return { kind: 'wait', ms: retryAfterMs, fixed: true, refresh };
  // At once, but not for ever: a token that expires as soon as it is live would spin.
  const atOnce = curable || (refresh && stable);
  return { kind: 'wait', ms: atOnce ? 0 : backoffMs(attempt, random), fixed: false, refresh };
}
