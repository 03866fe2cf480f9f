import { Gauge } from 'prom-client';
import { logger, reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { Staleness } from './staleness';

const LOOK_EVERY_MS = 1_000;
/** An older check of the replica is not used. */
const LOOK_HOLDS_MS = 3_000;
/** A replica that is further behind is not read. */
const MAX_STALENESS_MS = 5_000;
/**
 * A read that takes longer is cancelled and done on the primary; a replica that is silent for a second more is not waited for.
 * Both, together, must fit in the time that a caller waits.
 */
const STATEMENT_TIMEOUT_MS = 3_000;

const staleness = new Gauge({
  name: 'db_replica_staleness_seconds',
  help: 'At most so old is what the read replica shows; absent while it cannot be read',
});

const usableNow = new Gauge({
  name: 'db_replica_usable',
  help: '1 while reads that tolerate lag go to the read replica, 0 while the primary takes them; absent without a replica',
});
// A gauge without labels begins at 0, and that would be a replica out of use where there is none.
usableNow.remove();

/** The read replica: its connections, and how far it is behind, which is looked at every second by write-ahead log positions. */
export class Replica {
  readonly database: Database;
  private readonly lag = new Staleness();
  private lookedAt = -Infinity;
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;
  private wasUsable = true;

  constructor(
    private readonly primary: Database,
    databaseUrl: string,
  ) {
    const options = { databaseUrl, applicationName: 'api-gateway-reads', statementTimeoutMs: STATEMENT_TIMEOUT_MS };
    this.database = new Database(options);
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    void this.look();
  }

  get usable(): boolean {
    const now = performance.now();
    return now - this.lookedAt < LOOK_HOLDS_MS && this.lag.at(now) <= MAX_STALENESS_MS;
  }

  /** A read has failed: not again before the next look that succeeds. */
  suspect(): void {
    this.lookedAt = -Infinity;
  }

  /** Looks now, rather than within a second. Never throws. */
  look(): Promise<void> {
    return (this.looking ??= this.lookNow().finally(() => (this.looking = undefined)));
  }

  private async lookNow(): Promise<void> {
    try {
      const now = performance.now();
      this.lag.written(await positionOf(this.primary), now);
      const replayed = await replayedBy(this.database);
      // Not a standby: a database that replicates by other means, and shows what it has as current.
      if (replayed === null) this.lag.replayedAll(now);
      else this.lag.replayed(replayed);
      this.lookedAt = performance.now();
      staleness.set(this.lag.at(this.lookedAt) / 1000);
      this.logChange(this.usable, 'it is too far behind');
    } catch (error) {
      this.suspect();
      staleness.remove();
      this.logChange(false, reasonOf(error));
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.database.onApplicationShutdown();
  }

  /** One line when it becomes unusable and one when it is usable again. */
  private logChange(usable: boolean, reason: string): void {
    usableNow.set(usable ? 1 : 0);
    if (usable !== this.wasUsable) {
      if (usable) logger.info('The read replica is read again');
      else logger.warn({ reason }, 'The read replica cannot be read: the primary takes its reads');
    }
    this.wasUsable = usable;
  }
}

async function positionOf(primary: Database): Promise<bigint> {
  const rows = await primary.query<{ position: bigint }>(
    sql`SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS position`,
  );
  return rows[0]?.position ?? 0n;
}

async function replayedBy(replica: Database): Promise<bigint | null> {
  const rows = await replica.query<{ position: bigint | null }>(sql`
    SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint END AS position`);
  return rows[0]?.position ?? null;
}
