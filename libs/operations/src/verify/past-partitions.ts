import { sql } from '@convene/prisma/database/sql';

/** The beginning of the oldest month that ledger and notifications still have: nothing before it is missing. */
export const OLDEST_MONTH = sql`(
  SELECT coalesce(max(oldest), '-infinity') FROM (
    SELECT min(to_date(right(c.relname, 7), 'YYYY_MM'))::timestamp AT TIME ZONE 'UTC' AS oldest
    FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
    WHERE h.inhparent IN ('inbox'::regclass, 'notifications'::regclass) AND c.relname ~ '_\\d{4}_\\d\\d$'
    GROUP BY h.inhparent) AS months)`;

/** The same as the smallest id of an event that it can hold. */
export const PAST_PARTITIONS = sql`uuid_v7_floor(${OLDEST_MONTH})`;
