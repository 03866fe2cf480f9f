import { sql } from '@convene/prisma/database/sql';
import type { Finding, Instruments } from '../check';

/** Further behind, it is not read (the api-gateway's limit is 5 s), and the primary carries all reads. */
const MAX_LAG_S = 10;

interface Progress {
  readonly replayed: string | null;
  /** Since the last transaction that it has replayed; also grows when nothing is written. */
  readonly seconds: number | null;
}

/** That the read replica keeps up. */
export const replica = async ({
  database,
  replica: standby,
}: Pick<Instruments, 'database' | 'replica'>): Promise<readonly Finding[]> => {
  if (!standby) return [];
  const [progress] = await standby.query<Progress>(sql`
    SELECT pg_last_wal_replay_lsn()::text AS replayed,
      extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS seconds`);
  const [behind] = await database.query<{ bytes: number }>(sql`
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), ${progress?.replayed ?? null}::pg_lsn)::float8 AS bytes`);
  const bytes = behind?.bytes ?? 0;
  const seconds = progress?.seconds ?? 0;
  if (bytes === 0 || seconds <= MAX_LAG_S) return [];
  return [
    {
      severity: 'warning',
      cause: 'The read replica is late: the primary takes its reads',
      evidence: `${Math.round(seconds)} s and ${Math.round(bytes / 1024)} KB behind`,
      remedy:
        'Look at pg_stat_replication on the primary: is it connected, is its disk slow, does a long query hold it back?',
      runbook: 'ReplicaUnusable.md',
    },
  ];
};
