import { HostGate } from '@convene/foreign-hosts/host-gate';
import { CircuitState } from 'cockatiel';
import { showBreaker, type Source } from './metrics';

/** So many failures in a row, and the source is not asked any more. */
const FAILURES = 3;
const PAUSE_MS = 10_000;
/** Questions at a time. A question beyond them is not asked: its caller goes on without an answer, as without a source. */
const CONCURRENCY = 32;

/**
 * A source that may be slow or gone. A few callers in a row wait for it in vain, each for the timeout at most; after that
 * nobody waits: they go on without it, and now and then one asks it again behind its own back.
 */
export class Guarded {
  private readonly gate: HostGate;

  constructor(source: Source, timeoutMs: number, { pauseMs = PAUSE_MS, concurrency = CONCURRENCY } = {}) {
    this.gate = new HostGate({
      kind: `email_check_${source}`,
      concurrency,
      waiting: 0,
      timeoutMs,
      failures: FAILURES,
      pauseMs,
      onState: (state) => showBreaker(source, state),
    });
    showBreaker(source, this.gate.state);
  }

  /** @returns undefined when it did not answer, or was not waited for. Never throws. */
  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const answer = () => this.gate.call(question).catch(() => undefined);
    if (this.gate.state === CircuitState.Closed) return answer();
    if (!this.gate.refuses) void answer();
    return undefined;
  }
}
