import { logger, reasonOf } from '@convene/observability/logger';
import { Cluster, Redis, type CommonRedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;

export interface RedisRole {
  /** What the connection is for: its name on the server (`CLIENT LIST`) and in our logs. */
  readonly role: 'commands' | 'publisher' | 'subscriber';
}

const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection that owes an answer for so long is destroyed, and made anew. */
const SILENCE_MS = 2_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const MAX_PAUSE_MS = 2_000;

/**
 * A client for one server, or for a cluster when `urls` lists several nodes separated by commas. It connects at once,
 * tries for ever, and never makes a caller wait for a Redis that is gone or frozen: commands fail within a second,
 * and a connection that stays silent does not stay.
 */
export function createRedis(urls: string, { role }: RedisRole): RedisClient {
  const nodes = urls.split(',').map((url) => url.trim());
  const client =
    nodes.length > 1 ? cluster(nodes, role) : new Redis(nodes[0] ?? '', { ...common(role), retryStrategy });
  tellOfOutages(client, role);
  return client;
}

const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), MAX_PAUSE_MS);

function common(role: RedisRole['role']) {
  return {
    connectionName: `convene-${role}`,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    keepAlive: KEEP_ALIVE_AFTER_MS,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    // Subscriptions made during an outage would be lost by ioredis: `ChannelSubscriptions` renews all of them itself.
    autoResubscribe: false,
  } satisfies CommonRedisOptions & { connectTimeout: number };
}

function cluster(nodes: string[], role: RedisRole['role']): Cluster {
  const first = new URL(nodes[0] ?? '');
  const { enableOfflineQueue, ...redisOptions } = common(role);
  return new Cluster(nodes, {
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    // Without it a cluster delivers no sharded message, silently.
    shardedSubscribers: role === 'subscriber',
    redisOptions: {
      ...redisOptions,
      ...(first.username && { username: decodeURIComponent(first.username) }),
      ...(first.password && { password: decodeURIComponent(first.password) }),
      ...(first.protocol === 'rediss:' && { tls: {} }),
    },
  });
}

/** One line when an outage begins and one when it ends, not one per attempt. */
function tellOfOutages(client: RedisClient, role: string): void {
  let out = false;
  client.on('error', (error: Error) => {
    if (!out) logger.warn({ role, reason: reasonOf(error) }, 'Redis is gone: going on without it until it is back');
    out = true;
  });
  client.on('ready', () => {
    if (out) logger.info({ role }, 'Redis is back');
    out = false;
  });
}
