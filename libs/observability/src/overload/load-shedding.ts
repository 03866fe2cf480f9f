import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { logger } from '../logger';
import { LoadMeter, type OverloadReason, SAMPLE_INTERVAL_MS, type WindowLoad } from './load-meter';
import { ShedShare } from './shed-share';

/** In ms; 0 switches a bound off. */
export interface LoadBounds {
  readonly maxEventLoopLagMs: number;
  readonly maxPoolWaitMs: number;
}

export interface LoadSheddingOptions extends LoadBounds {
  /** How long a caller has been waiting for a database connection, in ms. */
  readonly poolWaitMs: () => number;
}

export const LOAD_SHEDDING_OPTIONS = Symbol('LOAD_SHEDDING_OPTIONS');

/** The longest pause of a refused client at a share of 1; pauses are spread from a second to it. */
const MAX_PAUSE_MS = 10_000;
const MIN_PAUSE_MS = 1_000;

const shed = new Counter({
  name: 'shed_requests_total',
  help: 'Requests and handshakes refused because of overload, by what was overloaded (event_loop_lag, pool_wait)',
  labelNames: ['reason'],
});

const share = new Gauge({
  name: 'shed_share',
  help: 'Share of new requests and handshakes that is refused because of overload, 0 to 0.95',
});

/**
 * Refuses a share of new work while this process is overloaded, so that the rest is done in time. The share grows while the overload
 * lasts, and falls to 0 after it.
 */
@Injectable()
export class LoadShedding implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly share = new ShedShare();
  private reason: OverloadReason = 'event_loop_lag';
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(LOAD_SHEDDING_OPTIONS) private readonly options: LoadSheddingOptions) {}

  onApplicationBootstrap(): void {
    const { maxEventLoopLagMs, maxPoolWaitMs, poolWaitMs } = this.options;
    const meter = new LoadMeter(
      [
        { reason: 'event_loop_lag', boundMs: maxEventLoopLagMs, read: (lateMs) => lateMs },
        { reason: 'pool_wait', boundMs: maxPoolWaitMs, read: poolWaitMs },
      ],
      performance.now(),
    );
    if (meter.isOff) return;
    share.set(0);
    this.timer = setInterval(() => {
      const window = meter.sample(performance.now());
      if (window) this.observe(window);
    }, SAMPLE_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Decides for one request or handshake. @returns the time after which a refused client may come back, or undefined. */
  refusal(): { readonly retryAfterMs: number } | undefined {
    if (Math.random() >= this.share.value) return undefined;
    shed.inc({ reason: this.reason });
    const spread = (MAX_PAUSE_MS - MIN_PAUSE_MS) * this.share.value;
    return { retryAfterMs: Math.round(MIN_PAUSE_MS + Math.random() * spread) };
  }

  private observe({ reason, load }: WindowLoad): void {
    const before = this.share.value;
    this.share.observe(load);
    const { value } = this.share;
    if (value > before) this.reason = reason;
    share.set(value);
    if (before === 0 && value > 0) logger.warn({ reason, load }, 'Overloaded: a share of new requests is refused');
    if (before > 0 && value === 0) logger.info({ reason: this.reason }, 'The overload is over: no request is refused');
  }
}
