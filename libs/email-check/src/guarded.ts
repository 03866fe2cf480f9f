import { CircuitState } from 'cockatiel';
import { HostGate } from '@convene/foreign-hosts/host-gate';
import { showBreaker, type Source } from './metrics';

/** After this many consecutive failures the source is not called for a pause. */
const MAX_FAILURES = 3;
const PAUSE_MS = 10_000;
/** Calls at a time. A call beyond them is not made, and its caller continues without a result. */
const CONCURRENCY = 32;

/**
 * A source of verdicts that may be slow or down. A few callers wait for it, each for the timeout at most. After that no
 * caller waits: they continue without a result, and one call per pause checks in the background whether it works again.
 */
export class Guarded {
  private readonly gate: HostGate;

  constructor(source: Source, timeoutMs: number, { pauseMs = PAUSE_MS, concurrency = CONCURRENCY } = {}) {
    this.gate = new HostGate({
      kind: `email_check_${source}`,
      concurrency,
      waiting: 0,
      timeoutMs,
      failures: MAX_FAILURES,
      pauseMs,
      onState: (state) => showBreaker(source, state),
    });
    showBreaker(source, this.gate.state);
  }

  /** @returns undefined when the source did not answer, or the caller did not wait. Never throws. */
  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const answer = () => this.gate.call(question).catch(() => undefined);
    if (this.gate.state === CircuitState.Closed) return answer();
    if (!this.gate.refuses) void answer();
    return undefined;
  }
}
