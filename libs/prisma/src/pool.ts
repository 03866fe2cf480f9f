import { Client, Pool } from 'pg';
import type { ClientConfig, PoolClient, PoolConfig } from 'pg';
import { watchPool } from './pool-metrics';
import { destroyWhenSilent, SilentDatabaseError } from './silent-connection';

/**
 * All connections stayed busy for too long. It has no `code`: Prisma would make an error of its own out of one that has.
 */
export class PoolExhaustedError extends Error {
  constructor(connectionLimit: number, timeoutMs: number) {
    super(
      `All ${connectionLimit} database connections stayed busy for ${timeoutMs / 1000} s: ` +
        'raise connection_limit (or pool_timeout) in DATABASE_URL, or find what holds them',
    );
    this.name = 'PoolExhaustedError';
  }
}

/** The text by which node-postgres tells that nobody gave a connection back in time. */
const EXHAUSTED = 'timeout exceeded when trying to connect';
/** And that a server accepts connections, and says nothing. */
const UNANSWERED = 'timeout expired';
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Callers may wait for each other's connections as long as `pool_timeout` says; a server that does not answer a connection
 * is not worth that.
 */
class ConveneClient extends Client {
  constructor(config: ClientConfig = {}) {
    const { connectionTimeoutMillis: most } = config;
    super({ ...config, connectionTimeoutMillis: Math.min(most || CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS) });
  }
}

type Callback = Parameters<Pool['connect']>[0];

/** A pool whose exhaustion says what it is and what to do, whose use shows in the metrics, and which keeps no silent connection. */
export class ConvenePool extends Pool {
  private readonly connectionLimit: number;
  private readonly timeoutMs: number;

  constructor({ silenceMs = 0, ...config }: PoolConfig & { max: number; silenceMs?: number }) {
    super({ ...config, Client: ConveneClient });
    this.connectionLimit = config.max;
    this.timeoutMs = config.connectionTimeoutMillis ?? 0;
    watchPool(this);
    if (silenceMs > 0) this.on('connect', (client) => destroyWhenSilent(client, silenceMs));
    // Prisma listens only until it disconnects, but connections are still closing then: an error of theirs that nobody
    // hears would end the process.
    this.on('error', () => undefined);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | void {
    if (!callback) return super.connect().catch((error: Error) => Promise.reject(this.explain(error)));
    super.connect((error, client, release) => callback(error && this.explain(error), client, release));
  }

  private explain(error: Error): Error {
    if (error.message === UNANSWERED) return new SilentDatabaseError(CONNECT_TIMEOUT_MS);
    return error.message === EXHAUSTED ? new PoolExhaustedError(this.connectionLimit, this.timeoutMs) : error;
  }
}
