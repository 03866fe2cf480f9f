import { Inject, Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { SocketLimit } from '@convene/contracts/sockets/client-event';
import { BatchedRateLimiter } from '@convene/rate-limits/batched-rate-limiter';
import type { Connection } from '../connections/connection';
import { closeConnection } from '../connections/connection-closer';
import { ENV, type Env } from '../env';
import { eventsRateLimited } from '../metrics';

/** Refusals within one window of a connection after which it is ended: a client that heeds them never comes near. */
const MAX_REFUSALS = 100;
const WINDOW_MS = 10_000;
const RETRY_AFTER_MS = 10_000;

/** Per user over all devices: a train with thirty tunnels an hour stays far below it. */
const CONNECTIONS: SocketLimit = { points: 120, seconds: 60 };

/** Limits of what clients send, counted per user and event over all devices and nodes. */
@Injectable()
export class InboundLimits {
  private readonly refusals = new WeakMap<Connection, { count: number; since: number }>();

  constructor(
    private readonly limiter: BatchedRateLimiter,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Closes a connection that keeps sending in spite of refusals. Throws nothing: errors would double the cost of a flood.
   * @returns 0 when it is admitted, else after how many milliseconds to try again.
   */
  charge(connection: Connection, event: string, limit: SocketLimit): number {
    const retryAfterMs = this.take(connection.userId, event, limit);
    if (retryAfterMs > 0) this.noteRefusal(connection);
    return retryAfterMs;
  }

  /** @throws ConveneError RATE_LIMITED for a user who connects too often. */
  chargeConnection(userId: string): void {
    const retryAfterMs = this.take(userId, 'connect', CONNECTIONS);
    if (retryAfterMs > 0) throw new ConveneError('RATE_LIMITED', 'Connecting too often', { retryAfterMs });
  }

  private take(userId: string, event: string, { points, seconds }: SocketLimit): number {
    const scale = this.env.RATE_LIMIT_SCALE;
    if (scale === 0) return 0;
    const retryAfterMs = this.limiter.take({ name: `in:${event}`, points: points * scale, seconds }, userId);
    if (retryAfterMs > 0) eventsRateLimited.inc({ event, direction: 'in' });
    return retryAfterMs;
  }

  private noteRefusal(connection: Connection): void {
    const now = Date.now();
    let known = this.refusals.get(connection);
    if (!known || now - known.since > WINDOW_MS) {
      known = { count: 0, since: now };
      this.refusals.set(connection, known);
    }
    known.count += 1;
    if (known.count === MAX_REFUSALS) closeConnection(connection, 'RATE_LIMITED', RETRY_AFTER_MS);
  }
}
