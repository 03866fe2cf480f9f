import { sql, type Template } from '@convene/prisma/database/sql';

/** The names that the contract accepts. PostgreSQL does not know some others, and reads some as another zone than browsers do. */
const NAMED_ZONE = '^(?!us/pacific-new$)(utc|[a-z_]+(/[a-z0-9_+-]+)+)$';

/**
 * Whether a moment is in a user's quiet hours, as SQL over `u` (a row of users) and `q` (the user's row of quiet_hours, if
 * any): minutes of the day in the user's time zone. A range may pass midnight (1320 to 420 is 22:00 to 07:00); from = to
 * is the whole day.
 */
export function isQuiet(moment: Template): Template {
  const zone = sql`CASE WHEN u.time_zone ~* ${NAMED_ZONE} THEN u.time_zone ELSE 'UTC' END`;
  const minute = sql`(floor(extract(epoch FROM (${moment} AT TIME ZONE ${zone})::time) / 60))::int`;
  return sql`
    CASE
      WHEN q.user_id IS NULL THEN false
      WHEN q.from_minute = q.to_minute THEN true
      ELSE (${minute} - q.from_minute + 1440) % 1440 < (q.to_minute - q.from_minute + 1440) % 1440
    END`;
}
