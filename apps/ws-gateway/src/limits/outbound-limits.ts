import { Inject, Injectable, OnModuleDestroy } from '@nestjs/common';
import type { SocketLimit } from '@convene/contracts/sockets/client-event';
import { NotificationCreated, SERVER_EVENTS } from '@convene/contracts/sockets/server-events';
import { BatchedRateLimiter } from '@convene/rate-limits/batched-rate-limiter';
import type { ConnectedUser } from '../connections/connected-user';
import type { Connection } from '../connections/connection';
import { ENV, type Env } from '../env';
import { GapFiller } from '../inbox/gap-filler';
import { eventsRateLimited } from '../metrics';

/** Until when a user is held back, and what hints they miss by it. */
interface Held {
  readonly timer: NodeJS.Timeout;
  readonly companies: Set<string>;
}

const LIMITS = new Map(SERVER_EVENTS.map(({ name, limit }) => [name, limit]));

/**
 * What users are sent, counted per user and event over all devices and nodes. Beyond a limit frames become one
 * `inbox.resync`: notifications wait in PostgreSQL until the client resumes or the window is over, and of hints the
 * companies are named, to be refetched. So a flood costs a client one frame, and nothing is lost.
 */
@Injectable()
export class OutboundLimits implements OnModuleDestroy {
  private readonly held = new Map<ConnectedUser, Held>();

  constructor(
    private readonly limiter: BatchedRateLimiter,
    private readonly gaps: GapFiller,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onModuleDestroy(): void {
    for (const { timer } of this.held.values()) clearTimeout(timer);
  }

  /** Called before an inbox frame is offered to the user's streams. Beyond the limit the streams hold frames, and `inbox.resync` is sent. */
  countNotification(user: ConnectedUser): void {
    const waitMs = this.take(user, NotificationCreated.name);
    if (waitMs === 0) return;
    this.hold(user, waitMs);
    for (const connection of user.openConnections) {
      // One that has resumed meanwhile has had its replay, and is held again.
      if (connection.stream.isHeld) continue;
      connection.stream.hold();
      this.sendResync(connection, []);
    }
  }

  /** Whether this hint may be sent; if not, its company is named when the window is over. */
  admitsHint(user: ConnectedUser, event: string, companyId: string | undefined): boolean {
    const waitMs = this.take(user, event);
    if (waitMs === 0) return true;
    const held = this.hold(user, waitMs);
    if (companyId !== undefined) held.companies.add(companyId);
    return false;
  }

  private take(user: ConnectedUser, event: string): number {
    const limit: SocketLimit | undefined = LIMITS.get(event);
    const scale = this.env.RATE_LIMIT_SCALE;
    if (!limit || scale === 0) return 0;
    const { points, seconds } = limit;
    const waitMs = this.limiter.take({ name: `out:${event}`, points: points * scale, seconds }, user.id);
    if (waitMs > 0) eventsRateLimited.inc({ event, direction: 'out' });
    return waitMs;
  }

  private hold(user: ConnectedUser, waitMs: number): Held {
    let held = this.held.get(user);
    if (!held) {
      const timer = setTimeout(() => this.release(user), waitMs);
      held = { timer, companies: new Set() };
      this.held.set(user, held);
    }
    return held;
  }

  private release(user: ConnectedUser): void {
    const held = this.held.get(user);
    if (!held) return;
    this.held.delete(user);
    for (const connection of user.openConnections)
      if (connection.stream.isHeld) connection.deliver(connection.stream.release());
    if (held.companies.size > 0)
      for (const connection of user.openConnections) this.sendResync(connection, [...held.companies]);
    this.gaps.watch(user);
  }

  private sendResync(connection: Connection, companies: string[]): void {
    connection.send('inbox.resync', { headSeq: connection.stream.head, companies });
  }
}
