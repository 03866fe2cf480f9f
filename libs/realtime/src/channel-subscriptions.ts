import { Cluster } from 'ioredis';
import type { RedisClient } from '@convene/redis/redis';

/** Kinds of channel: a sharded one is on one node of a cluster, plain channels and patterns are on all nodes. */
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
const BATCH_SIZE = 200;

/**
 * The channels of this process, kept through outages: a channel added while Redis is down is subscribed when Redis is
 * reachable again, which ioredis alone does not do. `settle` resolves when a subscription is in effect, so that a snapshot
 * read after it misses nothing.
 */
export class ChannelSubscriptions {
  private readonly wanted = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly attempts = new Map<string, Promise<void>>();
  private readonly recoveredListeners: (() => void)[] = [];
  private retry: NodeJS.Timeout | undefined;
  /** Channels added in this turn of the event loop, and the one attempt that will subscribe them. */
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
    // A cluster has a new set of shards: ioredis subscribes there too, but does not report when that is done.
    redis.on('subscribersReady', this.onMoved);
    // ioredis receives plain channels from one node; when that node fails it changes to another, and does not report it.
    if (kind !== SHARDED) redis.on('-node', this.onMoved);
    redis.on('end', this.onEnd);
  }

  /** Drops all channels; the connection stays. */
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
    this.kind.unsubscribe(this.redis, channel).catch(ignoreFailure);
  }

  /** Waits until the channels are subscribed, at most a command's timeout. @returns whether it had to wait for one that now is. */
  async settle(channels: string[]): Promise<boolean> {
    const pending = new Map(channels.flatMap((channel) => this.attemptOf(channel)));
    await Promise.all(pending.values());
    return [...pending.keys()].some((channel) => !this.missing.has(channel));
  }

  /** Called whenever all channels are subscribed again after some were not. */
  onRecovered(listener: () => void): void {
    this.recoveredListeners.push(listener);
  }

  /** Whether all channels are subscribed. A connection that looks open and does not answer is closed and opened again. */
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

  /** One command for all channels added in the same turn: a write to a socket costs more than the bytes written. */
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
      for (let at = 0; at < own.length; at += BATCH_SIZE) await this.attempt(own.slice(at, at + BATCH_SIZE));
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

  private conclude(channels: string[], attempt: Promise<void>, subscribed: boolean): void {
    for (const channel of channels) {
      if (this.attempts.get(channel) !== attempt) continue;
      this.attempts.delete(channel);
      if (subscribed) this.missing.delete(channel);
      else this.missing.add(channel);
    }
    if (!subscribed) {
      clearTimeout(this.retry);
      this.retry = setTimeout(() => void this.renew(), RETRY_MS).unref();
    }
  }

  private async renew(): Promise<void> {
    if (this.missing.size === 0 || this.redis.status !== 'ready') return;
    const channels = [...this.missing];
    // In a cluster one command may name channels of one slot only.
    const size = this.redis instanceof Cluster ? 1 : BATCH_SIZE;
    for (let at = 0; at < channels.length; at += size) {
      const batch = channels.slice(at, at + size).filter((channel) => this.wanted.has(channel));
      if (batch.length > 0) await this.attempt(batch);
    }
    if (this.missing.size === 0) for (const listener of this.recoveredListeners) listener();
  }
}

function ignoreFailure(): void {
  // An unsubscribe fails only when its connection is closed, which has ended the subscription, too.
}
