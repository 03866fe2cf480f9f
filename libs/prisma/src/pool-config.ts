import type { PoolConfig } from 'pg';

/** Prisma's own default for a pool that is asked for a connection it does not have. */
const POOL_TIMEOUT_S = 10;
const CONNECTION_LIMIT = 10;
const STATEMENT_TIMEOUT_MS = 30_000;
/** How long after its statement_timeout a statement may be silent: then it is not the statement, but the connection. */
const GRACE_MS = 1_000;
/** When the kernel begins to ask whether the other end is still there; it gives up after ten times one second. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * No JIT: PostgreSQL estimates our batched statements as costly, and compiling one takes hundreds of milliseconds where
 * running it takes a few.
 */
const settings = (statementTimeout: number) => ({
  statement_timeout: statementTimeout,
  idle_in_transaction_session_timeout: 60_000,
  options: '-c jit=off',
});

export interface ConnectionsConfig extends PoolConfig {
  readonly max: number;
  /** Connections are ours from beginning to end, so that what was prepared on one is still there. */
  readonly reuseStatements: boolean;
  /** A connection that owes an answer for so long is destroyed; 0 for never. */
  readonly silenceMs: number;
}

/**
 * The pool that a DATABASE_URL asks for: `connection_limit`, `pool_timeout` (seconds, 0 waits for ever) and, if wanted,
 * `statement_timeout` (ms, 0 for none). node-postgres knows none of the first two and Prisma's adapter ignores them.
 * A connection that says nothing a second beyond that is destroyed, whoever is to blame. `pgbouncer=true` prepares no statements and sends no settings on connecting, which PgBouncer refuses: give its role a statement_timeout and `jit = off` instead.
 * @throws when a parameter is no whole number, or names a schema other than `public`.
 */
export function poolConfig(
  databaseUrl: string,
  applicationName: string,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
): ConnectionsConfig {
  const url = new URL(databaseUrl);
  const take = (name: string, fallback: number, min: number) => {
    const value = url.searchParams.get(name);
    url.searchParams.delete(name);
    if (value === null) return fallback;
    if (!/^\d+$/.test(value) || Number(value) < min) {
      throw new Error(`DATABASE_URL: ${name}=${value} is not a whole number of at least ${min}`);
    }
    return Number(value);
  };
  const max = take('connection_limit', CONNECTION_LIMIT, 1);
  const connectionTimeoutMillis = take('pool_timeout', POOL_TIMEOUT_S, 0) * 1000;
  const statementTimeout = take('statement_timeout', statementTimeoutMs, 0);

  const schema = url.searchParams.get('schema') ?? 'public';
  if (schema !== 'public')
    throw new Error(`DATABASE_URL: schema=${schema} is not supported; use a database of its own`);
  const pooled = url.searchParams.get('pgbouncer') === 'true';
  for (const name of ['schema', 'pgbouncer']) url.searchParams.delete(name);

  return {
    connectionString: url.toString(),
    application_name: applicationName,
    max,
    connectionTimeoutMillis,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    silenceMs: statementTimeout === 0 ? 0 : statementTimeout + GRACE_MS,
    reuseStatements: !pooled,
    ...(pooled ? {} : settings(statementTimeout)),
  };
}
