import {
  bulkhead,
  type BulkheadPolicy,
  BulkheadRejectedError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
} from 'cockatiel';
import { ForeignHostUnavailable, type Unavailability } from './host-unavailable';
import { announceKind, countCall, countOpenBreakers, timeCall } from './metrics';

export interface HostGateOptions {
  /** Label of the metrics: a kind of host, never a host. */
  readonly kind: string;
  /** Calls at a time. */
  readonly concurrency: number;
  /** Calls that may wait for a free slot; calls beyond are refused. */
  readonly waiting: number;
  /** Time limit of a call, without its waiting. */
  readonly timeoutMs: number;
  /** Consecutive failures that open the breaker. */
  readonly failures?: number;
  /** How long the breaker stays open before one call tries the host again. */
  readonly pauseMs?: number;
  readonly onState?: (state: CircuitState) => void;
}

const FAILURES = 5;
const PAUSE_MS = 10_000;

/**
 * Guards the calls of this process to one foreign host: at most `concurrency` at a time, each with a time limit, and none
 * while the host keeps failing. While one call tests whether the host works again, all others are refused at once.
 *
 * A call that throws counts as a failure of the host. A call that returns does not, whatever the result: a host that refuses
 * one request works.
 */
export class HostGate {
  private readonly bulkhead: BulkheadPolicy;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly timeout;
  private opensAgainAt = 0;
  private isProven = false;
  private calls = 0;

  constructor(private readonly options: HostGateOptions) {
    const { kind, concurrency, waiting, timeoutMs, failures = FAILURES, pauseMs = PAUSE_MS } = options;
    this.bulkhead = bulkhead(concurrency, waiting);
    this.timeout = timeout(timeoutMs, TimeoutStrategy.Aggressive);
    this.breaker = circuitBreaker(handleAll, { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(failures) });
    announceKind(kind);
    this.breaker.onStateChange((state) => options.onState?.(state));
    this.breaker.onBreak(() => {
      this.opensAgainAt = Date.now() + pauseMs;
      this.isProven = false;
    });
    this.countWhileOpen(kind);
  }

  get state(): CircuitState {
    return this.breaker.state;
  }

  /** Whether the host has answered, and its breaker has not opened since. */
  get proven(): boolean {
    return this.isProven;
  }

  get idle(): boolean {
    return this.calls === 0;
  }

  /** Whether a call would be refused without being made: the breaker is open, or another call is testing the host. */
  get refuses(): boolean {
    const { state } = this;
    return state === CircuitState.HalfOpen || (state === CircuitState.Open && Date.now() < this.opensAgainAt);
  }

  /** @throws ForeignHostUnavailable */
  async call<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { kind } = this.options;
    this.calls += 1;
    try {
      const answer = await this.bulkhead.execute(() => this.callGuarded(request));
      countCall(kind, 'answered');
      return answer;
    } catch (error) {
      const failure = asUnavailable(kind, error);
      countCall(kind, failure.reason);
      throw failure;
    } finally {
      this.calls -= 1;
    }
  }

  private async callGuarded<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // The breaker may have opened while the call was waiting.
    if (this.refuses) throw refusal(this.options.kind, 'breaker_open');
    const stop = timeCall(this.options.kind);
    try {
      // A separate signal, because by default cockatiel adds a listener to one shared signal for every call.
      const { signal: never } = new AbortController();
      const timed = () => this.timeout.execute(({ signal }) => request(signal), never);
      const answer = await this.breaker.execute(timed, never);
      this.isProven = true;
      return answer;
    } finally {
      stop();
    }
  }

  /** Half open counts as open, because the host then gets one call only. */
  private countWhileOpen(kind: string): void {
    let open = false;
    this.breaker.onStateChange((state) => {
      const isOpen = state !== CircuitState.Closed;
      if (isOpen !== open) countOpenBreakers(kind, isOpen ? 1 : -1);
      open = isOpen;
    });
  }
}

const REFUSALS: Record<Exclude<Unavailability, 'failed'>, string> = {
  breaker_open: 'not called, because its last calls failed',
  busy: 'not called, because too many calls wait already',
};

export function refusal(kind: string, reason: Exclude<Unavailability, 'failed'>): ForeignHostUnavailable {
  return new ForeignHostUnavailable(kind, REFUSALS[reason], reason);
}

function asUnavailable(kind: string, error: unknown): ForeignHostUnavailable {
  if (error instanceof ForeignHostUnavailable) return error;
  if (error instanceof BulkheadRejectedError) return refusal(kind, 'busy');
  if (error instanceof TaskCancelledError) return new ForeignHostUnavailable(kind, 'no answer in time');
  return new ForeignHostUnavailable(kind, error instanceof Error ? error.message : String(error));
}
