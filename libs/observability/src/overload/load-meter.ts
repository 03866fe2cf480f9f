/** What can be overloaded in a process. */
export type OverloadReason = 'event_loop_lag' | 'pool_wait';

/** A wait that grows when more work arrives than is done. */
export interface WaitSignal {
  readonly reason: OverloadReason;
  /** In ms; 0 switches the signal off. */
  readonly boundMs: number;
  /** The wait at this moment. @param lateMs How much later than planned the event loop takes this sample. */
  readonly read: (lateMs: number) => number;
}

export interface WindowLoad {
  readonly reason: OverloadReason;
  /** The wait as a multiple of its bound. */
  readonly load: number;
}

export const SAMPLE_INTERVAL_MS = 100;
const WINDOW_MS = 1_000;

/**
 * Measures waits over windows of a second. A window counts as its median sample, so that one long pause, such as a garbage collection, a
 * suspended process or a start, makes no window, or exactly one, an overloaded one.
 */
export class LoadMeter {
  private readonly signals: readonly WaitSignal[];
  private samples: number[][];
  private startedAt: number;
  private sampledAt: number;

  constructor(signals: readonly WaitSignal[], now: number) {
    this.signals = signals.filter(({ boundMs }) => boundMs > 0);
    this.samples = this.signals.map(() => []);
    this.startedAt = now;
    this.sampledAt = now;
  }

  get isOff(): boolean {
    return this.signals.length === 0;
  }

  /** Planned for every `SAMPLE_INTERVAL_MS`. @returns the largest load of a window when one ends. */
  sample(now: number): WindowLoad | undefined {
    const lateMs = Math.max(0, now - this.sampledAt - SAMPLE_INTERVAL_MS);
    this.sampledAt = now;
    this.signals.forEach(({ read }, index) => this.samples[index]?.push(read(lateMs)));
    if (now - this.startedAt < WINDOW_MS) return undefined;
    const loads = this.signals.map(({ reason, boundMs }, index) => {
      return { reason, load: median(this.samples[index] ?? []) / boundMs };
    });
    this.samples = this.signals.map(() => []);
    this.startedAt = now;
    return loads.reduce<WindowLoad | undefined>(
      (most, next) => (most && most.load >= next.load ? most : next),
      undefined,
    );
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? 0;
}
