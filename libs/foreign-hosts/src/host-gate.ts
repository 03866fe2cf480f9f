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
  /** Calls that may wait for one of these; those beyond are refused. */
  readonly waiting: number;
  /** Longest a call may take, once it is made. */
  readonly timeoutMs: number;
  /** Failures in a row that open the breaker. */
  readonly failures?: number;
  /** How long the breaker stays open before one call tries the host again. */
  readonly pauseMs?: number;
  readonly onState?: (state: CircuitState) => void;
}

const FAILURES = 5;
const PAUSE_MS = 10_000;

/**
 * What stands between this process and one foreign host: at most `concurrency` calls at a time, each with a time limit,
 * and none while the host keeps failing. Nobody waits for the call that finds out whether the host is back.
 *
 * A call that throws is a failure of the host. What a call returns is an answer, whatever it says: a host that refuses
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

  /** It has answered, and its breaker has not opened since. */
  get proven(): boolean {
    return this.isProven;
  }

  get idle(): boolean {
    return this.calls === 0;
  }

  /** Whether a call would be refused without being made: the breaker is open, or another call tries the host just now. */
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
    // A call that has waited for its turn may find the breaker open by now.
    if (this.refuses) throw refusal(this.options.kind, 'breaker_open');
    const stop = timeCall(this.options.kind);
    try {
      // A signal of its own: cockatiel would make all calls listen to one and the same.
      const { signal: never } = new AbortController();
      const timed = () => this.timeout.execute(({ signal }) => request(signal), never);
      const answer = await this.breaker.execute(timed, never);
      this.isProven = true;
      return answer;
    } finally {
      stop();
    }
  }

  /** Half open counts as open: the host gets one call, not all. */
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
