import { Injectable } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { Job } from './job';

/** Far enough ahead that the job may fail for weeks before a partition is missing. The metrics show it at once. */
const MONTHS_AHEAD = 3;

/** Creates the monthly partitions of events, their ledger, notifications and their steps before they are needed. */
@Injectable()
export class EnsurePartitionsJob implements Job {
  readonly name = 'ensure-partitions';
  readonly everyMs = 6 * 60 * 60 * 1000;

  constructor(private readonly database: Database) {}

  async run(): Promise<void> {
    const made = await this.database.query<{ name: string }>(sql`
      SELECT ensure_event_partitions(${MONTHS_AHEAD}::int) AS name`);
    if (made.length > 0) logger.info({ partitions: made.map(({ name }) => name) }, 'Created partitions ahead of time');
  }
}
