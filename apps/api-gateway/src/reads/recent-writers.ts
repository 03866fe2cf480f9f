import { Injectable } from '@nestjs/common';
import { RedisConnections } from '@convene/redis/redis-connections';

/** Longer than a replica that is read can be behind, by twice. */
const WINDOW_SECONDS = 10;
const WINDOW_MS = WINDOW_SECONDS * 1000;

/**
 * Who has written something a moment ago, at any instance: they read the primary. When Redis cannot tell, or has not
 * been there for the whole of the window, every user counts as a recent writer.
 */
@Injectable()
export class RecentWriters {
  private readonly here = new Map<string, number>();
  private readySince = Infinity;

  constructor(private readonly redis: RedisConnections) {
    const { commands } = redis;
    if (commands.status === 'ready') this.readySince = performance.now() - WINDOW_MS;
    commands.on('ready', () => (this.readySince = performance.now()));
    commands.on('close', () => (this.readySince = Infinity));
  }

  /** To be called before the answer goes out, so that no read can follow it unnoticed. */
  async add(userId: string): Promise<void> {
    this.forget();
    this.here.set(userId, performance.now());
    await this.redis.commands.set(keyOf(userId), 1, 'EX', WINDOW_SECONDS).catch(() => undefined);
  }

  async has(userId: string): Promise<boolean> {
    const now = performance.now();
    if (now - (this.here.get(userId) ?? -Infinity) < WINDOW_MS) return true;
    if (now - this.readySince < WINDOW_MS) return true;
    return this.redis.commands.exists(keyOf(userId)).then(
      (count) => count > 0,
      () => true,
    );
  }

  /** The map is in the order of writing. */
  private forget(): void {
    const before = performance.now() - WINDOW_MS;
    for (const [userId, at] of this.here) {
      if (at >= before) break;
      this.here.delete(userId);
    }
  }
}

const keyOf = (userId: string) => `convene:wrote:${userId}`;
