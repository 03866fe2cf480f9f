import { presenceRoom } from '@convene/contracts/sockets/rooms';
import { logger, reasonOf } from '@convene/observability/logger';
import { FramePublisher } from '@convene/realtime/frames';
import { Presence, type PresenceUpdate, type Present } from '@convene/realtime/presence';
import { BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../env';
import { PresenceWatches } from './presence-watches';
import { PRESENCE_NODE, PRESENCE_UPDATED, type PresenceUpdateFrame } from './presence-events';

/** What is said within this becomes one write and one frame per company: below what anybody notices. */
const GATHER_MS = 50;
/** People per frame to other gateways: some 50 KB. */
const CHUNK = 500;

/**
 * This node's voice: what changes here reaches the views on this node at once, Redis and the views on other nodes a
 * moment later. First Redis, then the others, so that who reads Redis after having heard of a change finds it there.
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
    private readonly bus: FramePublisher,
    private readonly watches: PresenceWatches,
  ) {}

  /** Somebody is here, until this node says otherwise: others believe it for a lease at a time. */
  publishPresent(companyId: string, userId: string, state: Present): void {
    this.say(companyId, { userId, state, until: Date.now() + this.env.PRESENCE_LEASE_MS }, Infinity);
  }

  /** Somebody is not here, or not after that moment. */
  publishUntil(companyId: string, word: PresenceUpdate): void {
    this.say(companyId, word, word.until);
  }

  /** The last who went must be on record before Redis is let go. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private say(companyId: string, word: PresenceUpdate, untilHere: number): void {
    this.watches.hear(companyId, { ...word, until: untilHere, node: this.node, at: this.tick() });
    const words = this.pending.get(companyId) ?? new Map<string, PresenceUpdate>();
    this.pending.set(companyId, words.set(word.userId, word));
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS).unref();
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const said = this.pending;
    this.pending = new Map();
    const at = this.tick();
    await Promise.all([...said].map(([companyId, words]) => this.spread(companyId, [...words.values()], at)));
  }

  private async spread(companyId: string, words: PresenceUpdate[], at: number): Promise<void> {
    try {
      await this.presence.write(companyId, this.node, words, this.env.PRESENCE_LEASE_MS * 4);
    } catch (error) {
      // The next renewal says it again; the connection tells of its outages itself.
      logger.debug({ companyId, reason: reasonOf(error) }, 'Presence was not written');
      return;
    }
    for (let from = 0; from < words.length; from += CHUNK) {
      const people = words.slice(from, from + CHUNK);
      const frame: PresenceUpdateFrame = { companyId, node: this.node, at, people };
      await this.bus.emit(presenceRoom(companyId), PRESENCE_UPDATED, frame);
    }
  }

  /** The time, except that it never stands still. */
  private tick(): number {
    this.lastAt = Math.max(Date.now(), this.lastAt + 1);
    return this.lastAt;
  }
}
