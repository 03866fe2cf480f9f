import { BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { presenceRoom } from '@convene/contracts/sockets/rooms';
import { logger, reasonOf } from '@convene/observability/logger';
import { FramePublisher } from '@convene/realtime/frames';
import { Presence, type PresenceUpdate, type Present } from '@convene/realtime/presence';
import { ENV, type Env } from '../env';
import { PRESENCE_NODE, PRESENCE_UPDATED, type PresenceUpdateFrame } from './presence-events';
import { PresenceWatches } from './presence-watches';

/** Updates within this time become one write and one frame per company. */
const GATHER_MS = 50;
/** People per frame to other gateways: some 50 KB. */
const CHUNK = 500;

/**
 * Publishes changes of this node's users: to the watches of this node at once, then to Redis, then to other nodes. Redis
 * comes before the other nodes, so that a node that reads Redis after a frame finds the change there.
 */
@Injectable()
export class PresencePublisher implements BeforeApplicationShutdown {
  private pending = new Map<string, Map<string, PresenceUpdate>>();
  private timer: NodeJS.Timeout | undefined;
  private lastAt = 0;

  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(PRESENCE_NODE) private readonly node: string,
    private readonly presence: Presence,
    private readonly publisher: FramePublisher,
    private readonly watches: PresenceWatches,
  ) {}

  /** The user is present until this node publishes otherwise; other nodes rely on it for one lease at a time. */
  publishPresent(companyId: string, userId: string, state: Present): void {
    this.publish(companyId, { userId, state, until: Date.now() + this.env.PRESENCE_LEASE_MS }, Infinity);
  }

  /** The user is present until `update.until` at most. */
  publishUntil(companyId: string, update: PresenceUpdate): void {
    this.publish(companyId, update, update.until);
  }

  /** The last departures are written before the connection to Redis closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private publish(companyId: string, update: PresenceUpdate, untilHere: number): void {
    this.watches.onUpdate(companyId, { ...update, until: untilHere, node: this.node, at: this.tick() });
    const updates = this.pending.get(companyId) ?? new Map<string, PresenceUpdate>();
    this.pending.set(companyId, updates.set(update.userId, update));
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS).unref();
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const pending = this.pending;
    this.pending = new Map();
    const at = this.tick();
    await Promise.all([...pending].map(([companyId, updates]) => this.spread(companyId, [...updates.values()], at)));
  }

  private async spread(companyId: string, updates: PresenceUpdate[], at: number): Promise<void> {
    try {
      await this.presence.write(companyId, this.node, updates, this.env.PRESENCE_LEASE_MS * 4);
    } catch (error) {
      // The next renewal writes it again; the Redis connection logs its outages itself.
      logger.debug({ companyId, reason: reasonOf(error) }, 'Presence was not written');
      return;
    }
    for (let from = 0; from < updates.length; from += CHUNK) {
      const people = updates.slice(from, from + CHUNK);
      const frame: PresenceUpdateFrame = { companyId, node: this.node, at, people };
      await this.publisher.emit(presenceRoom(companyId), PRESENCE_UPDATED, frame);
    }
  }

  /** The time, except that it never stands still. */
  private tick(): number {
    this.lastAt = Math.max(Date.now(), this.lastAt + 1);
    return this.lastAt;
  }
}
