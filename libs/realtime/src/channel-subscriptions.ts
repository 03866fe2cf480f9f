import { Cluster } from 'ioredis';
import type { RedisClient } from '@convene/redis/redis';

/** The kinds of channel: sharded ones live on one node of a cluster, plain ones and patterns of them on all. */
export const SHARDED = {
  subscribe: (redis: RedisClient, channels: string[]) => redis.ssubscribe(...channels),
  unsubscribe: (redis: RedisClient, channel: string) => redis.sunsubscribe(channel),
};
export const PLAIN = {
  subscribe: (redis: RedisClient, channels: string[]) => redis.subscribe(...channels),
  unsubscribe: (redis: RedisClient, channel: string) => redis.unsubscribe(channel),
};
export const PATTERN = {
  subscribe: (redis: RedisClient, patterns: string[]) => redis.psubscribe(...patterns),
  unsubscribe: (redis: RedisClient, pattern: string) => redis.punsubscribe(pattern),
};

const RETRY_MS = 500;
const BATCH = 200;

/**
 * What this node wants to hear, kept through outages: a channel asked for while Redis is gone is subscribed when it is
 * back, which ioredis alone does not do. `settle` says when a subscription has taken effect, so that a snapshot read
 * after it misses nothing.
 */
export class ChannelSubscriptions {
  private readonly wanted = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly attempts = new Map<string, Promise<void>>();
  private readonly recoveredListeners: (() => void)[] = [];
  private retry: NodeJS.Timeout | undefined;
  /** Channels asked for in this turn of the event loop, and the attempt that will be made for them. */
  private gathering: { readonly channels: Set<string>; readonly attempt: Promise<void> } | undefined;
  private readonly onLost = () => this.lostAll();
  private readonly onReady = () => void this.renew();
  private readonly onMoved = () => {
    this.lostAll();
    void this.renew();
  };
  private readonly onEnd = () => clearTimeout(this.retry);

  constructor(
    private readonly redis: RedisClient,
    private readonly kind: typeof SHARDED,
  ) {
    redis.on('close', this.onLost);
    redis.on('ready', this.onReady);
    // A cluster has a new set of shards: ioredis subscribes there too, but does not say when that is done.
    redis.on('subscribersReady', this.onMoved);
    // Plain channels it hears through one node: when that is gone it turns to another, and does not say so either.
    if (kind !== SHARDED) redis.on('-node', this.onMoved);
    redis.on('end', this.onEnd);
  }

  /** Ends it: nothing is wanted any more, the connection stays. */
  close(): void {
    for (const channel of [...this.wanted]) this.unsubscribe(channel);
    this.onEnd();
    this.redis.off('close', this.onLost);
    this.redis.off('ready', this.onReady);
    this.redis.off('subscribersReady', this.onMoved);
    this.redis.off('-node', this.onMoved);
    this.redis.off('end', this.onEnd);
  }

  subscribe(channel: string): void {
    this.wanted.add(channel);
    // In a cluster one command may name channels of one slot only.
    if (this.redis instanceof Cluster) void this.attempt([channel]);
    else this.gather(channel);
  }

  unsubscribe(channel: string): void {
    this.wanted.delete(channel);
    this.missing.delete(channel);
    this.attempts.delete(channel);
    this.kind.unsubscribe(this.redis, channel).catch(forgotten);
  }

  /** Waits until the channels are heard, at most a command's timeout; true when it had to wait for one that now is. */
  async settle(channels: string[]): Promise<boolean> {
    const pending = new Map(channels.flatMap((channel) => this.attemptOf(channel)));
    await Promise.all(pending.values());
    return [...pending.keys()].some((channel) => !this.missing.has(channel));
  }

  /** Called whenever everything wanted is heard again after some of it was not. */
  onRecovered(listener: () => void): void {
    this.recoveredListeners.push(listener);
  }

  /** Whether all frames can arrive. A connection that looks open and answers nothing is made anew. */
  async alive(): Promise<boolean> {
    if (this.redis.status !== 'ready') return false;
    try {
      await this.gathering?.attempt;
      await this.redis.ping();
      return this.missing.size === 0;
    } catch {
      if (this.redis.status === 'ready') this.redis.disconnect(true);
      return false;
    }
  }

  private attemptOf(channel: string): [string, Promise<void>][] {
    const attempt = this.attempts.get(channel);
    return attempt ? [[channel, attempt]] : [];
  }

  /** One command for all who come in the same turn: writing to a socket costs more than what is written. */
  private gather(channel: string): void {
    const gathering = (this.gathering ??= this.startGathering());
    gathering.channels.add(channel);
    this.attempts.set(channel, gathering.attempt);
  }

  private startGathering() {
    const channels = new Set<string>();
    const attempt: Promise<void> = new Promise(setImmediate).then(async () => {
      this.gathering = undefined;
      const own = [...channels].filter((channel) => this.attempts.get(channel) === attempt);
      for (let at = 0; at < own.length; at += BATCH) await this.attempt(own.slice(at, at + BATCH));
    });
    return { channels, attempt };
  }

  private lostAll(): void {
    for (const channel of this.wanted) this.missing.add(channel);
  }

  private attempt(channels: string[]): Promise<void> {
    const attempt: Promise<void> = this.kind.subscribe(this.redis, channels).then(
      () => this.conclude(channels, attempt, true),
      () => this.conclude(channels, attempt, false),
    );
    for (const channel of channels) this.attempts.set(channel, attempt);
    return attempt;
  }

  private conclude(channels: string[], attempt: Promise<void>, heard: boolean): void {
    for (const channel of channels) {
      if (this.attempts.get(channel) !== attempt) continue;
      this.attempts.delete(channel);
      if (heard) this.missing.delete(channel);
      else this.missing.add(channel);
    }
    if (!heard) {
      clearTimeout(this.retry);
      this.retry = setTimeout(() => void this.renew(), RETRY_MS).unref();
    }
  }

  private async renew(): Promise<void> {
    if (this.missing.size === 0 || this.redis.status !== 'ready') return;
    const channels = [...this.missing];
    // In a cluster one command may name channels of one slot only.
    const size = this.redis instanceof Cluster ? 1 : BATCH;
    for (let at = 0; at < channels.length; at += size) {
      const batch = channels.slice(at, at + size).filter((channel) => this.wanted.has(channel));
      if (batch.length > 0) await this.attempt(batch);
    }
    if (this.missing.size === 0) for (const listener of this.recoveredListeners) listener();
  }
}

function forgotten(): void {
  // An unsubscribe that fails belongs to a connection that is gone, and its subscriptions with it.
}
