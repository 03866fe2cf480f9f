import { Injectable } from '@nestjs/common';
import { scrapedGauge } from '@convene/observability/scraped-gauge';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/**
 * Counts the partitions themselves, not the successes of the job that makes them. Without a partition rows go to the
 * default one, which loses nothing, but cannot be detached and must be emptied before the month's partition can be made.
 */
@Injectable()
export class PartitionsAhead {
  constructor(database: Database) {
    scrapedGauge(
      'partitions_months_ahead',
      'Coming months for which every partitioned table has its partition; -1 when this month has none',
      () => monthsAhead(database),
    );
  }
}

/** Of all tables partitioned by range, by the names that `ensure_event_partitions` gives: coming months with all partitions, -1 when this month lacks one. */
export async function monthsAhead(database: Database): Promise<number> {
  const [row] = await database.query<{ months: number }>(sql`
      SELECT (count(*) FILTER (WHERE complete) - 1)::int AS months FROM (
        SELECT bool_and(present) OVER (ORDER BY ahead) AS complete FROM (
          SELECT ahead, bool_and(to_regclass(parent || to_char(
            (now() AT TIME ZONE 'UTC') + make_interval(months => ahead), '_YYYY_MM')) IS NOT NULL) AS present
          FROM generate_series(0, 12) AS ahead, (
            SELECT relname::text AS parent FROM pg_partitioned_table JOIN pg_class ON oid = partrelid
            WHERE partstrat = 'r' AND relnamespace = 'public'::regnamespace) AS partitioned
          GROUP BY ahead) AS months) AS run`);
  if (!row) throw new Error('the database returned no partitions');
  return row.months;
}
