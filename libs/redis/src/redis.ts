import { Cluster, type CommonRedisOptions, Redis } from 'ioredis';
import { logger, reasonOf } from '@convene/observability/logger';
import { corkWrites } from './cork-writes';

export type RedisClient = Redis | Cluster;

export interface RedisRole {
  /** The purpose of the connection, part of its name on the server (`CLIENT LIST`) and in the logs. */
  readonly role: 'commands' | 'publisher' | 'subscriber';
}

const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection on which a command has been unanswered for this long is closed and opened again. */
const SILENCE_TIMEOUT_MS = 2_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const MAX_PAUSE_MS = 2_000;

/**
 * A client for one server, or for a cluster when `urls` lists several nodes separated by commas. It connects at once,
 * reconnects without limit, and never lets a caller wait for a Redis that is down or frozen: commands fail within a
 * second, and a connection that stays silent is replaced.
 */
export function createRedis(urls: string, { role }: RedisRole): RedisClient {
  const nodes = urls.split(',').map((url) => url.trim());
  const client =
    nodes.length > 1 ? cluster(nodes, role) : new Redis(nodes[0] ?? '', { ...common(role), retryStrategy });
  corkWrites(client);
  logOutages(client, role);
  return client;
}

const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), MAX_PAUSE_MS);

function common(role: RedisRole['role']) {
  return {
    connectionName: `convene-${role}`,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_AFTER_MS,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    // ioredis loses subscriptions made during an outage; `ChannelSubscriptions` renews all of them itself.
    autoResubscribe: false,
  } satisfies CommonRedisOptions & { connectTimeout: number };
}

function cluster(nodes: string[], role: RedisRole['role']): Cluster {
  const first = new URL(nodes[0] ?? '');
  const { enableOfflineQueue, ...redisOptions } = common(role);
  return new Cluster(nodes, {
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    // Without this option a cluster delivers no sharded message, and reports no error.
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
function logOutages(client: RedisClient, role: string): void {
  let out = false;
  client.on('error', (error: Error) => {
    if (!out) logger.warn({ role, reason: reasonOf(error) }, 'Redis is not reachable; continuing without it');
    out = true;
  });
  client.on('ready', () => {
    if (out) logger.info({ role }, 'Redis is reachable again');
    out = false;
  });
}
