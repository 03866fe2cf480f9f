import { sql } from '@convene/prisma/database/sql';
import type { Check } from '../check';

const MAX_SKEW_MS = 1_000;

/** That the clock of this process and the database's agree. */
export const clock: Check = async ({ database }) => {
  const asked = Date.now();
  const [answer] = await database.query<{ ms: number }>(sql`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`);
  const skew = (asked + Date.now()) / 2 - (answer?.ms ?? asked);
  if (Math.abs(skew) <= MAX_SKEW_MS) return [];
  return [
    {
      severity: 'warning',
      cause: 'The clocks of this api-gateway and of PostgreSQL disagree',
      evidence: `this one is ${Math.abs(Math.round(skew))} ms ${skew > 0 ? 'ahead' : 'behind'}`,
      remedy: 'Start NTP on the host that is off. Events take their time from PostgreSQL; tokens and limits do not',
      runbook: 'ClockSkewed.md',
    },
  ];
};
