import type { PoolConfig } from 'pg';

/** Prisma's own default for the time a caller waits for a free connection. */
const POOL_TIMEOUT_S = 10;
const CONNECTION_LIMIT = 10;
const STATEMENT_TIMEOUT_MS = 30_000;
/** The silence after a statement_timeout that means the connection is broken, and not the statement slow. */
const GRACE_MS = 1_000;
/** When the kernel begins to probe an idle connection; it gives up after ten probes, one second apart. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * - No JIT: PostgreSQL estimates our batched statements as costly, and compiling one takes hundreds of milliseconds where
 *   running it takes a few.
 * - Pages at random cost nearly what pages in order do, as on an SSD or in memory. By the default for spinning disks, one
 *   row of a table of some hundreds is found by reading them all: ten times the price of its index.
 */
const settings = (statementTimeout: number) => ({
  statement_timeout: statementTimeout,
  idle_in_transaction_session_timeout: 60_000,
  options: '-c jit=off -c random_page_cost=1.1',
});

export interface ConnectionsConfig extends PoolConfig {
  readonly max: number;
  /** No pooler in between: a statement that was prepared on a connection is still there. */
  readonly reuseStatements: boolean;
  /** A connection that has been waiting for an answer for this time is destroyed; 0 for never. */
  readonly silenceMs: number;
}

/**
 * The pool that a DATABASE_URL describes: `connection_limit`, `pool_timeout` (seconds, 0 waits for ever) and
 * `statement_timeout` (ms, 0 for none). node-postgres does not know the first two, and Prisma's adapter ignores them. A
 * connection that is silent a second longer than the statement timeout is destroyed. With `pgbouncer=true` no statement is
 * prepared and no settings are sent on connecting, which PgBouncer refuses: give its role a statement_timeout and
 * `jit = off` and `random_page_cost = 1.1` instead.
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
