import { logger, reasonOf } from '@convene/observability/logger';
import { Cluster, type Redis, ReplyError } from 'ioredis';
import type { RedisClient } from '@convene/redis/redis';

/** Redis 7 has sharded pub/sub; for what is older there is Socket.IO's classic adapter. */
export type PubSubKind = 'sharded' | 'classic';

/** How long two processes may differ about a cluster whose nodes are exchanged one by one. */
const ASK_EVERY_MS = 10_000;
const RETRY_MS = 500;

/**
 * Which of the two the servers behind a connection can do. It is their own word, asked whenever the connection is made
 * and every ten seconds, so publishers and gateways come to the same answer, also after an upgrade or a downgrade.
 */
export class PubSubKindWatch {
  /** Undefined until the server of this connection has answered. */
  current: PubSubKind | undefined;
  private told: PubSubKind | undefined;
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

  /** `current`, after the question that is under way. */
  async answered(): Promise<PubSubKind | undefined> {
    await this.asking;
    return this.current;
  }

  private ask(): void {
    clearTimeout(this.timer);
    this.asking = this.hear().then((pause) => {
      clearTimeout(this.timer);
      if (this.redis.status === 'ready') this.timer = setTimeout(() => this.ask(), pause).unref();
    });
  }

  /** @returns after how many milliseconds to ask again. */
  private async hear(): Promise<number> {
    try {
      this.current = await askPubSubKind(this.redis);
      if (this.current !== this.told) this.tell(this.current);
      return ASK_EVERY_MS;
    } catch (error) {
      logger.debug({ reason: reasonOf(error) }, 'Redis did not say which pub/sub it has');
      return RETRY_MS;
    }
  }

  private tell(kind: PubSubKind): void {
    logger.info({ kind }, 'Frames go through the adapter that Redis can serve');
    this.told = kind;
    for (const listener of this.listeners) listener(kind);
  }
}

/**
 * Asks for the command itself rather than for a version: forks count versions their own way. In a cluster the weakest
 * master decides. @throws when no server answers.
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
    // A server that forbids the question has access control, and is most likely not that old.
    if (error instanceof ReplyError) return true;
    throw error;
  }
}
