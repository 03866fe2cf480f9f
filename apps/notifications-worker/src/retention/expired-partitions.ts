import { Inject, Injectable } from '@nestjs/common';
import { scrapedGauge } from '@convene/observability/scraped-gauge';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { monthsKept, RETENTION_POLICY, type RetentionPolicy } from './retention-policy';

export interface ExpiredPartition {
  readonly table: string;
  /** Its first day, e.g. `2026-08-01`. */
  readonly month: string;
}

/** The partitions that the policy no longer keeps, by the names that `ensure_event_partitions` gives. */
@Injectable()
export class ExpiredPartitions {
  constructor(
    private readonly database: Database,
    @Inject(RETENTION_POLICY) private readonly policy: RetentionPolicy,
  ) {
    scrapedGauge(
      'expired_partitions',
      'Monthly partitions that the retention no longer keeps and that are still there; after a day, because something in them is pending',
      async () => (await this.list()).length,
    );
  }

  /** Table by table, in the order in which they are dropped, the oldest month first. */
  list(): Promise<ExpiredPartition[]> {
    const kept = monthsKept(this.policy);
    return this.database.query<ExpiredPartition>(sql`
      SELECT kept.name AS table, replace(right(child.relname, 7), '_', '-') || '-01' AS month
      FROM unnest(${kept.map(({ table }) => table)}::text[], ${kept.map(({ months }) => months)}::int[])
        WITH ORDINALITY AS kept (name, months, position)
      JOIN pg_inherits ON inhparent = kept.name::regclass
      JOIN pg_class child ON child.oid = inhrelid AND child.relname ~ '_[0-9]{4}_[0-9]{2}$'
      WHERE right(child.relname, 7) < to_char((now() AT TIME ZONE 'UTC') - make_interval(months => kept.months), 'YYYY_MM')
      ORDER BY kept.position, month`);
  }
}
