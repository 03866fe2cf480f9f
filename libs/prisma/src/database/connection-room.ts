import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { Database } from './database';
import { sql } from './sql';

/**
 * Sessions of clients, of all databases. What a session does, and of which kind it is, is only shown to its own role; which
 * database and role it has, to every role. The server's own processes lack one of the two.
 */
export const CONNECTIONS_IN_USE = sql`
  SELECT count(*)::int AS count FROM pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL`;
/** How many there can be of roles that are no superusers. */
export const CONNECTIONS_AT_MOST = sql`
  SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most`;

/** For a migration, an operator and a new process of a rollout. */
const RESERVE = 10;
/** By then the first statements are over, and one of their connections is idle: the look needs none of its own. */
const AFTER_START_MS = 2_000;

/**
 * Warns when a process starts whose pool, at its largest, does not fit into what the others leave of max_connections. Pools fill with
 * the load, so without it nobody would know before the load comes. Behind PgBouncer other limits hold (deploy/pgbouncer).
 */
@Injectable()
export class ConnectionRoom implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    // A process boots without its database.
    this.timer = setTimeout(() => void this.check().catch(() => undefined), AFTER_START_MS).unref();
  }

  /** A look that began while the process ends would keep a connection, and a frozen database would keep the process. */
  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  /** @returns whether the pool fits. @throws what the database throws */
  async check(): Promise<boolean> {
    if (!this.database.nameOf) return true;
    const [state] = await this.database.query<{ used: number; most: number }>(sql`
      SELECT (${CONNECTIONS_IN_USE}) AS used, (${CONNECTIONS_AT_MOST}) AS most`);
    if (!state) throw new Error('PostgreSQL returned no state');
    const { total, limit } = this.database.pool;
    const others = state.used - total;
    const fits = others + limit + RESERVE <= state.most;
    if (!fits) {
      logger.warn(
        { connectionLimit: limit, othersHold: others, reserve: RESERVE, maxConnections: state.most },
        'The connections of this process may not fit: lower connection_limit in DATABASE_URL, put PgBouncer in between, or raise max_connections',
      );
    }
    return fits;
  }
}
