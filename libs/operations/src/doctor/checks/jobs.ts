import { sql } from '@convene/prisma/database/sql';
import type { Check } from '../check';

const LATE_AFTER = '10 minutes';

interface LateJob {
  readonly name: string;
  readonly error: string | null;
  readonly dueAt: Date;
}

/** That timed jobs run and succeed. A failed one is due again, so it is found by its error. */
export const jobs: Check = async ({ database }) => {
  const late = await database.query<LateJob>(sql`
    SELECT name, last_error AS error, next_run_at AS "dueAt" FROM jobs
    WHERE last_error IS NOT NULL OR next_run_at < now() - ${LATE_AFTER}::interval ORDER BY name`);
  return late.map(({ name, error, dueAt }) => ({
    severity: 'warning',
    cause: error === null ? `No instance runs the job ${name}` : `The job ${name} fails`,
    evidence: error ?? `due since ${dueAt.toISOString()}`,
    remedy:
      error === null
        ? 'Start an instance of the app that has it (docs/reference/jobs.md)'
        : 'Its app logs each failure with a stack',
    runbook: 'JobNotSucceeding.md',
  }));
};
