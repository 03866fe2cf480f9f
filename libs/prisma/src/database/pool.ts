import type { ClientConfig, PoolClient, PoolConfig } from 'pg';
import { Client, Pool, types } from 'pg';
import { logger } from '@convene/observability/logger';
import { watchPool } from './pool-metrics';
import { PoolWaits } from './pool-waits';
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

const INT8 = 20;
const INT8_ARRAY = 1016;

type Parse = (text: string) => unknown;
/** Of types by their OID, of which node-postgres' own types name only some. */
const builtIn = types.getTypeParser as (oid: number, format?: string) => Parse;

/** As node-postgres reads them, except int8: a bigint, as in Prisma's raw results. */
const TYPES = {
  getTypeParser(oid: number, format?: string): Parse {
    const parse = builtIn(oid, format);
    if (format === 'binary') return parse;
    if (oid === INT8) return BigInt;
    if (oid !== INT8_ARRAY) return parse;
    return (text) => (parse(text) as (string | null)[]).map((item) => (item === null ? null : BigInt(item)));
  },
};

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
  private readonly waits = new PoolWaits();
  private readonly connectionLimit: number;
  private readonly timeoutMs: number;

  constructor({ silenceMs = 0, ...config }: PoolConfig & { max: number; silenceMs?: number }) {
    super({ ...config, Client: ConveneClient, pipeline: true, types: TYPES });
    this.connectionLimit = config.max;
    this.timeoutMs = config.connectionTimeoutMillis ?? 0;
    watchPool(this, config.application_name ?? 'unnamed');
    // The error of a connection in use is also that of its statements; an 'error' event without a listener would end the process.
    this.on('connect', (client) => client.on('error', () => undefined));
    if (silenceMs > 0) this.on('connect', (client) => destroyWhenSilent(client, silenceMs));
    this.on('error', (error) => logger.warn({ reason: error.message }, 'A database connection was lost'));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | void {
    const endWait = this.waits.start();
    if (!callback) {
      return super
        .connect()
        .catch((error: Error) => Promise.reject(this.explain(error)))
        .finally(endWait);
    }
    super.connect((error, client, release) => {
      endWait();
      callback(error && this.explain(error), client, release);
    });
  }

  /** How long the caller that waits longest for a connection has been waiting, in ms; 0 when none waits. */
  longestWaitMs(): number {
    return this.waits.longestMs();
  }

  private explain(error: Error): Error {
    if (error.message === UNANSWERED) return new SilentDatabaseError(CONNECT_TIMEOUT_MS);
    return error.message === EXHAUSTED ? new PoolExhaustedError(this.connectionLimit, this.timeoutMs) : error;
  }
}
