import type { Database } from '@convene/prisma/database/database';
import { PROCESS_NAME, REPORT_LASTS_MS } from '@convene/prisma/database/pool-reporter';
import { sql } from '@convene/prisma/database/sql';
import type { Check, Finding } from '../check';

interface Report {
  readonly process: string;
  readonly app: string;
  readonly waiting: number;
  readonly connections: number;
  readonly longestMs: number;
  readonly agoMs: number;
}

/** A session that waits for nothing itself, and has locks that sessions of an app wait for. */
interface Blocker {
  readonly pid: number;
  readonly name: string;
  readonly app: string;
  readonly blocked: number;
}

const RUNBOOK = 'DatabasePoolExhausted.md';
const REMEDY = 'A transaction that was left open, or a slow statement, holds them: the runbook finds and ends it';

/**
 * That nobody waits for a connection to PostgreSQL: of the process that answers, as it is now; of other api-gateways and of workers, as
 * they have reported. Gateways report in Redis.
 */
export const pool: Check = async ({ database, host }) => {
  const { waiting, limit } = host.pool();
  const own: Finding[] =
    waiting === 0
      ? []
      : [
          {
            severity: 'critical',
            cause: 'The connections of this api-gateway to PostgreSQL are used up',
            evidence: `${waiting} requests wait for one of ${limit}`,
            remedy: REMEDY,
            runbook: RUNBOOK,
          },
        ];
  return [...own, ...(await ofOthers(database))];
};

async function ofOthers(database: Database): Promise<Finding[]> {
  const reports = await database.query<Report>(sql`
    SELECT process, app, waiting, connections, longest_wait_ms AS "longestMs",
      (extract(epoch FROM clock_timestamp() - reported_at) * 1000)::float8 AS "agoMs"
    FROM exhausted_pools
    WHERE reported_at > clock_timestamp() - ${REPORT_LASTS_MS} * interval '1 millisecond' AND process <> ${PROCESS_NAME}
    ORDER BY app, process`);
  if (reports.length === 0) return [];
  const apps = [...new Set(reports.map(({ app }) => app))];
  const blockers = await blockersOf(database, apps);
  return apps.map((app) =>
    finding(
      app,
      reports.filter((report) => report.app === app),
      blockers.filter((blocker) => blocker.app === app),
    ),
  );
}

/** Names of sessions, and who waits for whom, every role may see; their statements not. */
function blockersOf(database: Database, apps: readonly string[]): Promise<Blocker[]> {
  return database.query<Blocker>(sql`
    SELECT blocker.pid, blocker.application_name AS name, waiting.application_name AS app, count(DISTINCT waiting.pid)::int AS blocked
    FROM pg_stat_activity waiting
    CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS held_by (pid)
    JOIN pg_stat_activity blocker ON blocker.pid = held_by.pid
    WHERE waiting.datname = current_database() AND waiting.application_name = ANY(${apps}::text[])
      AND pg_blocking_pids(blocker.pid) = '{}'
    GROUP BY 1, 2, 3 ORDER BY blocked DESC, 1`);
}

function finding(app: string, reports: readonly Report[], blockers: readonly Blocker[]): Finding {
  const waits = reports.map(
    ({ process, waiting, connections, longestMs, agoMs }) =>
      `${waiting} waited for one of ${connections} in ${process}, the longest for ${seconds(longestMs)}, ${seconds(agoMs)} ago`,
  );
  const locks = blockers.map(
    ({ pid, name, blocked }) => `${blocked} of its sessions wait for locks of pid ${pid} (${name || 'without a name'})`,
  );
  return {
    severity: 'critical',
    cause: `The connections of the ${app} to PostgreSQL are used up`,
    evidence: [...waits, ...locks].join('; '),
    remedy:
      blockers.length === 0
        ? REMEDY
        : `SELECT pg_terminate_backend(${blockers[0]?.pid}) ends the transaction that the others wait for, and undoes it`,
    runbook: RUNBOOK,
  };
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
