import { backoffMs } from './backoff';

/** How a connection, or the attempt at one, ended. */
export interface End {
  readonly code: string;
  /** For developers. */
  readonly reason: string;
  /** Refused before it was live, or ended by the server, or simply gone. */
  readonly by: 'refusal' | 'closing' | 'loss';
  /** Whether coming back can succeed, as far as the server or the code says. */
  readonly reconnect: boolean;
  readonly retryAfterMs?: number | undefined;
}

export interface Circumstances {
  /** Ends in a row since the last stable connection. */
  readonly attempt: number;
  /** Whether it had been live for a while. */
  readonly stable: boolean;
  /** Whether the token was refreshed for this very attempt. */
  readonly fresh: boolean;
}

export type NextStep =
  /** `told`: the server named the moment, and nothing makes it earlier. */
  | { readonly kind: 'wait'; readonly ms: number; readonly told: boolean; readonly refresh: boolean }
  | { readonly kind: 'close' };

/** Refusals that another token may cure. */
const CURABLE = new Set(['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED']);

/** What comes after an end: the end for good, or another attempt and when. */
export function nextStep(
  { code, by, reconnect, retryAfterMs = 0 }: End,
  { attempt, stable, fresh }: Circumstances,
  random: () => number = Math.random,
): NextStep {
  const curable = by === 'refusal' && CURABLE.has(code);
  if (curable ? fresh : !reconnect) return { kind: 'close' };
  const refresh = curable || code === 'TOKEN_EXPIRED';
  if (retryAfterMs > 0) return { kind: 'wait', ms: retryAfterMs, told: true, refresh };
  // At once, but not for ever: a token that expires as soon as it is live would spin.
  const atOnce = curable || (refresh && stable);
  return { kind: 'wait', ms: atOnce ? 0 : backoffMs(attempt, random), told: false, refresh };
}
