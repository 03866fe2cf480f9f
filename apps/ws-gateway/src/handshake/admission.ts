import { ConveneError } from '@convene/contracts/errors';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { ENV, type Env } from '../env';

/** A client of Socket.IO gives up after 20 s: who would wait longer than this is sent away instead, and told so. */
const MAX_WAIT_MS = 8_000;
/** As many as may come at once after a calm moment. */
const BURST_MS = 200;

/**
 * Lets connections in at a bounded rate, in the order they came, so that a herd that reconnects costs those who are
 * connected nothing but a share of the processor, and none of the herd times out.
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
