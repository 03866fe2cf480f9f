import { reasonOf } from '@convene/observability/logger';
import { CONNECTIONS_AT_MOST, CONNECTIONS_IN_USE } from '@convene/prisma/database/connection-room';
import type { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { newId } from '@convene/prisma/ids';
import type { Check, Finding } from '../check';

const MAX_USED_SHARE = 0.85;

interface State {
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly used: number;
  readonly most: number;
}

/** That it takes writes, and has connections left. */
export const postgres: Check = async ({ database }) => {
  const [state] = await database.query<State>(sql`
    SELECT pg_is_in_recovery() AS "isStandby", current_setting('default_transaction_read_only') = 'on' AS "isReadOnly",
      (${CONNECTIONS_IN_USE}) AS used, (${CONNECTIONS_AT_MOST}) AS most`);
  if (!state) throw new Error('PostgreSQL returned no state');
  const { isStandby, isReadOnly, used, most } = state;
  return [
    ...(isStandby || isReadOnly ? [] : await refusedWrites(database)),
    ...(isStandby || isReadOnly
      ? [
          {
            severity: 'critical',
            cause: isStandby ? 'DATABASE_URL leads to a standby' : 'PostgreSQL takes no writes',
            evidence: isStandby ? 'pg_is_in_recovery() is true' : 'default_transaction_read_only is on',
            remedy: isStandby
              ? 'Promote it, or let DATABASE_URL lead to the primary'
              : 'Find out who set it, and why (a full disk?); then ALTER SYSTEM RESET default_transaction_read_only and reload',
            runbook: 'PostgresDown.md',
          } as const,
        ]
      : []),
    ...(used > most * MAX_USED_SHARE
      ? [
          {
            severity: 'warning',
            cause: 'The connections of PostgreSQL are nearly used up',
            evidence: `${used} of ${most} are in use`,
            remedy:
              'SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1 says whose; fewer processes, or smaller pools',
            runbook: 'DatabasePoolExhausted.md',
          } as const,
        ]
      : []),
  ];
};

const ROLLED_BACK = new Error('Nothing is to be kept of it');
const DISK_FULL = '53100';

/** A row that is rolled back: it needs the space that a row needs. */
async function refusedWrites(database: Database): Promise<Finding[]> {
  const error = await database
    .transaction(async (tx) => {
      await tx.execute(sql`
        INSERT INTO operator_acts (id, operator, command, filter, reason)
        VALUES (${newId()}::uuid, 'doctor', 'doctor', '{}', 'whether PostgreSQL takes writes')`);
      throw ROLLED_BACK;
    })
    .catch((thrown: unknown) => thrown);
  if (error === ROLLED_BACK) return [];
  const isFull = (error as { code?: string }).code === DISK_FULL;
  return [
    {
      severity: 'critical',
      cause: isFull ? 'The disk of PostgreSQL is full' : 'PostgreSQL refuses a write',
      evidence: reasonOf(error),
      remedy: isFull
        ? 'Give it space: reactions wait meanwhile and lose nothing. "ops partitions" tells what months need'
        : 'Its log tells why; reactions wait meanwhile and lose nothing',
      runbook: 'PostgresDown.md',
    },
  ];
}
