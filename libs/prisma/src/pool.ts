import type { ClientConfig, PoolClient, PoolConfig } from 'pg';
import { Client, Pool } from 'pg';
import { watchPool } from './pool-metrics';
import { destroyWhenSilent, SilentDatabaseError } from './silent-connection';

/** All connections stayed busy for too long. It has no `code`: Prisma turns an error with a code into one of its own. */
export class PoolExhaustedError extends Error {
  constructor(connectionLimit: number, timeoutMs: number) {
    super(
      `All ${connectionLimit} database connections stayed busy for ${timeoutMs / 1000} s: ` +
        'raise connection_limit (or pool_timeout) in DATABASE_URL, or find what holds them',
    );
    this.name = 'PoolExhaustedError';
  }
}

/** node-postgres' error text when no connection became free in time. */
const EXHAUSTED = 'timeout exceeded when trying to connect';
/** Its error text when a server accepts a connection and does not answer. */
const UNANSWERED = 'timeout expired';
const CONNECT_TIMEOUT_MS = 5_000;

/** Callers wait for a free connection up to `pool_timeout`; a new connection must be answered within `CONNECT_TIMEOUT_MS`. */
class ConveneClient extends Client {
  constructor(config: ClientConfig = {}) {
    const { connectionTimeoutMillis: most } = config;
    super({ ...config, connectionTimeoutMillis: Math.min(most || CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS) });
  }
}

type Callback = Parameters<Pool['connect']>[0];

/** A pool with a clear error when it is exhausted, with metrics, and without silent connections. */
export class ConvenePool extends Pool {
  private readonly connectionLimit: number;
  private readonly timeoutMs: number;

  constructor({ silenceMs = 0, ...config }: PoolConfig & { max: number; silenceMs?: number }) {
    super({ ...config, Client: ConveneClient });
    this.connectionLimit = config.max;
    this.timeoutMs = config.connectionTimeoutMillis ?? 0;
    watchPool(this);
    if (silenceMs > 0) this.on('connect', (client) => destroyWhenSilent(client, silenceMs));
    // Prisma listens only until it disconnects, and connections close after that: an 'error' event without a listener
    // would end the process.
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
