import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
  timeout,
  TimeoutStrategy,
  wrap,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { showBreaker, type Source } from './metrics';

/** So many failures in a row, and the source is not asked any more. */
const FAILURES = 3;
export const PAUSE_MS = 10_000;

/**
 * A source that may be slow or gone. A few callers in a row wait for it in vain, each for the timeout at most; after that
 * nobody waits: they go on without it, and now and then one asks it again behind its own back.
 */
export class Guarded {
  private readonly breaker: CircuitBreakerPolicy;
  private readonly policy;

  constructor(source: Source, timeoutMs: number, pauseMs = PAUSE_MS) {
    this.breaker = circuitBreaker(handleAll, {
      halfOpenAfter: pauseMs,
      breaker: new ConsecutiveBreaker(FAILURES),
    });
    this.breaker.onStateChange((state) => showBreaker(source, state));
    showBreaker(source, this.breaker.state);
    this.policy = wrap(this.breaker, timeout(timeoutMs, TimeoutStrategy.Aggressive));
  }

  /** @returns undefined when it did not answer, or was not waited for. Never throws. */
  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    // A signal of its own: cockatiel would make all questions listen to one and the same.
    const { signal: never } = new AbortController();
    const answer = () => this.policy.execute(({ signal }) => question(signal), never).catch(() => undefined);
    if (this.breaker.state === CircuitState.Closed) return answer();
    if (this.breaker.state === CircuitState.Open) void answer();
    return undefined;
  }
}
