import { Injectable } from '@nestjs/common';
import { RedisConnections } from '@convene/redis/redis-connections';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

const TTL_SECONDS = 600;
/** A Redis that is gone or frozen costs one command timeout per this long, not one per message. */
const PAUSE_MS = 5_000;

/**
 * The fast path in front of the inbox: reactions that are over *and* forwarded, remembered in Redis. Written after the
 * work, so that a crash can only make it forget; what it has forgotten the inbox still knows. What it remembers and the
 * inbox does not know (any more: a failover to a standby that lagged) a sweeper makes it forget.
 */
@Injectable()
export class RedisDeduplicator {
  private pausedUntil = 0;

  constructor(private readonly redis: RedisConnections) {}

  readonly middleware: Middleware<Attempt> = async ({ event, reaction }, next) => {
    if (reaction.guarantee === 'transient') return next();
    const key = keyOf(event.id, reaction.name);
    if (await this.ask(() => this.redis.commands.exists(key))) return;
    await next();
    await this.ask(() => this.redis.commands.set(key, 1, 'EX', TTL_SECONDS));
  };

  /** PostgreSQL lacks these: what is said here does not hold. */
  async forget(eventIds: readonly string[], reactions: readonly string[]): Promise<void> {
    const keys = eventIds.flatMap((eventId) => reactions.map((reaction) => keyOf(eventId, reaction)));
    // One by one: in a cluster they are on different nodes.
    await this.ask(() => Promise.all(keys.map((key) => this.redis.commands.unlink(key))));
  }

  private async ask<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (Date.now() < this.pausedUntil) return undefined;
    try {
      return await command();
    } catch {
      // The connection's own listener tells of the outage, once.
      this.pausedUntil = Date.now() + PAUSE_MS;
      return undefined;
    }
  }
}

const keyOf = (eventId: string, reaction: string) => `convene:done:${eventId}:${reaction}`;
