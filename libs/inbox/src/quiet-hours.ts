import { Prisma } from '@convene/prisma/generated/client';

/** As the contract takes them. Of other names PostgreSQL knows some not at all, and means other zones by some than browsers do. */
const NAMED_ZONE = '^(?!us/pacific-new$)(utc|[a-z_]+(/[a-z0-9_+-]+)+)$';

/**
 * Whether a moment is in somebody's quiet hours, as SQL over `u` (a row of users) and `q` (their row of quiet_hours, if
 * any): minutes of the day in their time zone, that may pass midnight; from = to is the whole day.
 */
export function isQuiet(moment: Prisma.Sql): Prisma.Sql {
  const zone = Prisma.sql`CASE WHEN u.time_zone ~* ${NAMED_ZONE} THEN u.time_zone ELSE 'UTC' END`;
  const minute = Prisma.sql`(floor(extract(epoch FROM (${moment} AT TIME ZONE ${zone})::time) / 60))::int`;
  return Prisma.sql`
    CASE
      WHEN q.user_id IS NULL THEN false
      WHEN q.from_minute = q.to_minute THEN true
      ELSE (${minute} - q.from_minute + 1440) % 1440 < (q.to_minute - q.from_minute + 1440) % 1440
    END`;
}
