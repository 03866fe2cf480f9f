import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Client } from 'pg';
import { withDeadline } from '@convene/observability/deadline';
import { Database, DATABASE_OPTIONS, type DatabaseOptions } from './database';
import { poolConfig } from './pool-config';
import { sql } from './sql';

/** The host, and what tells several processes of a host apart. */
export const PROCESS_NAME = `${hostname()}-${randomBytes(2).toString('hex')}`;

/** A wait that is worth a report: statements take milliseconds. */
const WAITED_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
/** While it lasts. */
const REPORT_EVERY_MS = 5_000;
const TIMEOUT_MS = 3_000;

/** How long a report holds: a consumer that pauses for its database asks again within that time. */
export const REPORT_LASTS_MS = 30_000;

/**
 * Writes down that callers wait for a connection of this process, for operators: they reach PostgreSQL, and not the metrics of every
 * process. Over a connection of its own, because those of the pool are in use. Costs nothing while nobody waits (docs/adr/0074).
 */
@Injectable()
export class PoolReporter implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private reportedAt = -Infinity;

  constructor(
    @Inject(DATABASE_OPTIONS) private readonly options: DatabaseOptions,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const longestWaitMs = this.database.longestWaitMs();
    if (longestWaitMs < WAITED_MS || performance.now() - this.reportedAt < REPORT_EVERY_MS) return;
    this.reportedAt = performance.now();
    // Without PostgreSQL, or with all of its connections in use, there is no report: operators see that otherwise.
    this.report(Math.round(longestWaitMs)).catch(() => undefined);
  }

  private async report(longestWaitMs: number): Promise<void> {
    const { databaseUrl, applicationName } = this.options;
    const { waiting, limit } = this.database.pool;
    const { text, values } = sql`
      WITH lapsed AS (DELETE FROM exhausted_pools WHERE reported_at < now() - interval '1 day')
      INSERT INTO exhausted_pools (process, app, waiting, connections, longest_wait_ms)
      VALUES (${PROCESS_NAME}, ${applicationName}, ${waiting}, ${limit}, ${longestWaitMs})
      ON CONFLICT (process) DO UPDATE SET waiting = EXCLUDED.waiting, connections = EXCLUDED.connections,
        longest_wait_ms = EXCLUDED.longest_wait_ms, reported_at = clock_timestamp()`;
    const client = new Client({
      ...poolConfig(databaseUrl, `${applicationName} pool report`),
      connectionTimeoutMillis: TIMEOUT_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await withDeadline(client.query(text, [...values]), TIMEOUT_MS);
    } finally {
      await withDeadline(client.end(), TIMEOUT_MS).catch(() => undefined);
    }
  }
}
