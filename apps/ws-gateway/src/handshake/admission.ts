import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { ENV, type Env } from '../env';

/** A Socket.IO client gives up after 20 s. One that would wait longer than this is refused with `retryAfterMs` instead. */
const MAX_WAIT_MS = 8_000;
/** After an idle moment, as many as this time allows are admitted at once. */
const BURST_MS = 200;

/**
 * Admits connections at a bounded rate, in order of arrival: thousands of clients that reconnect together cost the others
 * only a share of the processor, and none of them times out. Example: 500 a second, and the 1,101st of a herd waits 2 s (the first 100 are admitted at once).
 */
@Injectable()
export class Admission {
  private readonly gapMs: number;
  private nextAt = 0;

  constructor(@Inject(ENV) { WS_ACCEPTS_PER_SECOND }: Env) {
    this.gapMs = 1_000 / WS_ACCEPTS_PER_SECOND;
  }

  /** Resolves when it is this one's turn. @throws ConveneError UNAVAILABLE, when to come back, if that is too far away. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(this.nextAt, now - BURST_MS);
    const waitMs = at - now;
    if (waitMs > MAX_WAIT_MS) {
      const retryAfterMs = Math.round(waitMs * (0.5 + Math.random()));
      throw new ConveneError('UNAVAILABLE', 'Too many are connecting at the moment', { retryAfterMs });
    }
    this.nextAt = at + this.gapMs;
    if (waitMs > 0) await pause(waitMs, undefined, { ref: false });
  }
}
