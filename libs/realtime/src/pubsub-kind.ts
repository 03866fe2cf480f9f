import { Cluster, type Redis, ReplyError } from 'ioredis';
import { logger, reasonOf } from '@convene/observability/logger';
import type { RedisClient } from '@convene/redis/redis';

/** Redis 7 has sharded pub/sub; older servers need Socket.IO's classic adapter. */
export type PubSubKind = 'sharded' | 'classic';

/** Two processes may disagree for this long about a cluster whose nodes are upgraded one by one. */
const ASK_EVERY_MS = 10_000;
const RETRY_MS = 500;

/**
 * Determines which of the two the servers behind a connection support. It asks them after every connect and every ten
 * seconds, so publishers and gateways reach the same result, also after an upgrade or a downgrade.
 */
export class PubSubKindWatch {
  /** Undefined until a server of this connection has answered. */
  current: PubSubKind | undefined;
  private announced: PubSubKind | undefined;
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: ((kind: PubSubKind) => void)[] = [];

  constructor(private readonly redis: RedisClient) {
    redis.on('ready', () => this.ask());
    // The next connection may be to another server.
    redis.on('close', () => (this.current = undefined));
    redis.on('end', () => clearTimeout(this.timer));
    if (redis.status === 'ready') this.ask();
  }

  /** Called with the first answer and with every one that differs from the one before. */
  onChange(listener: (kind: PubSubKind) => void): void {
    this.listeners.push(listener);
  }

  /** `current`, after the query in progress. */
  async answered(): Promise<PubSubKind | undefined> {
    await this.asking;
    return this.current;
  }

  private ask(): void {
    clearTimeout(this.timer);
    this.asking = this.query().then((pause) => {
      clearTimeout(this.timer);
      if (this.redis.status === 'ready') this.timer = setTimeout(() => this.ask(), pause).unref();
    });
  }

  /** @returns after how many milliseconds to ask again. */
  private async query(): Promise<number> {
    try {
      this.current = await askPubSubKind(this.redis);
      if (this.current !== this.announced) this.announce(this.current);
      return ASK_EVERY_MS;
    } catch (error) {
      logger.debug({ reason: reasonOf(error) }, 'Redis did not report which pub/sub it supports');
      return RETRY_MS;
    }
  }

  private announce(kind: PubSubKind): void {
    logger.info({ kind }, 'Frames use the adapter that Redis supports');
    this.announced = kind;
    for (const listener of this.listeners) listener(kind);
  }
}

/**
 * Asks for the command itself and not for a version, because forks number their versions differently. A cluster supports
 * what all its masters support. @throws when no server answers.
 */
export async function askPubSubKind(redis: RedisClient): Promise<PubSubKind> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const answers = servers.map(hasShardedPubSub);
  await Promise.any(answers);
  const given = (await Promise.allSettled(answers)).filter((answer) => answer.status === 'fulfilled');
  return given.every(({ value }) => value) ? 'sharded' : 'classic';
}

async function hasShardedPubSub(server: Redis): Promise<boolean> {
  try {
    const [known] = await server.command('INFO', 'SSUBSCRIBE');
    return known != null;
  } catch (error) {
    // A server that forbids COMMAND has access control lists, so it is at least version 6 and most likely 7.
    if (error instanceof ReplyError) return true;
    throw error;
  }
}
