import { Injectable } from '@nestjs/common';
import type { PartitionsView } from '@convene/contracts/ops/partitions';
import { monthsAhead } from '@convene/jobs/partitions-ahead';
import { DROP_EXPIRED_PARTITIONS, RetentionSettings } from '@convene/jobs/retention-settings';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** This month and the two before are never dropped. */
const ALWAYS_KEPT = 2;

type Tables = PartitionsView['tables'];

interface JobRow {
  readonly nextRunAt: Date;
  readonly lastError: string | null;
  readonly settings: unknown;
}

interface Partition {
  readonly table: string;
  /** Null for the default partition. */
  readonly month: string | null;
  readonly rows: number;
  readonly bytes: number;
}

@Injectable()
export class ListPartitions {
  constructor(private readonly database: Database) {}

  /** From the catalogue and its statistics: no partition is read, however large. */
  async execute(): Promise<PartitionsView> {
    const [partitions, ahead, [job]] = await Promise.all([
      this.partitions(),
      monthsAhead(this.database),
      this.database.query<JobRow>(sql`
        SELECT next_run_at AS "nextRunAt", last_error AS "lastError", settings FROM jobs WHERE name = ${DROP_EXPIRED_PARTITIONS}`),
    ]);
    const settings = RetentionSettings.safeParse(job?.settings).data?.retention ?? [];
    const retentionOf = (name: string) => settings.find(({ table }) => table === name) ?? null;
    const names = [...new Set(partitions.map(({ table }) => table))];
    const tables = names.map((table) => ({
      ...tableOf(partitions.filter((one) => one.table === table)),
      retention: toRetention(retentionOf(table)),
    }));
    return {
      monthsAhead: ahead,
      tables,
      nextDrops: await this.nextDrops(tables),
      job: job ? { lastError: job.lastError, nextRunAt: job.nextRunAt.toISOString() } : null,
    };
  }

  private partitions(): Promise<Partition[]> {
    return this.database.query<Partition>(sql`
      SELECT parent.relname AS table,
        replace(substring(child.relname FROM '_(\\d{4}_\\d{2})$'), '_', '-') AS month,
        coalesce(s.n_live_tup, 0)::float8 AS rows, pg_total_relation_size(child.oid)::float8 AS bytes
      FROM pg_partitioned_table p
      JOIN pg_class parent ON parent.oid = p.partrelid AND parent.relnamespace = 'public'::regnamespace
      JOIN pg_inherits h ON h.inhparent = parent.oid
      JOIN pg_class child ON child.oid = h.inhrelid
      LEFT JOIN pg_stat_all_tables s ON s.relid = child.oid
      ORDER BY 1, 2`);
  }

  private async nextDrops(tables: Tables): Promise<PartitionsView['nextDrops']> {
    const kept = new Date();
    kept.setUTCDate(1);
    kept.setUTCMonth(kept.getUTCMonth() - ALWAYS_KEPT);
    const newest = kept.toISOString().slice(0, 7);
    const drops = tables.flatMap(({ table, retention, months: [oldest] }) =>
      oldest && oldest.month < newest
        ? [{ table, month: oldest.month, bytes: oldest.bytes, from: expiry(oldest.month, retention?.months ?? null) }]
        : [],
    );
    const pending = new Map<string, string[]>();
    for (const month of new Set(drops.map((drop) => drop.month))) pending.set(month, await this.pendingIn(month));
    return drops.map((drop) => ({ ...drop, pending: pending.get(drop.month) ?? [] }));
  }

  /** What `drop_event_partition` would name, but for what waits in inboxes and in the sweepers. */
  private async pendingIn(month: string): Promise<string[]> {
    const first = sql`(${`${month}-01`}::timestamp AT TIME ZONE 'UTC')`;
    const next = sql`((${`${month}-01`}::timestamp + interval '1 month') AT TIME ZONE 'UTC')`;
    const within = (id: 'id' | 'event_id') =>
      id === 'id'
        ? sql`id >= uuid_v7_floor(${first}) AND id < uuid_v7_floor(${next})`
        : sql`event_id >= uuid_v7_floor(${first}) AND event_id < uuid_v7_floor(${next})`;
    const rows = await this.database.query<{ what: string; number: number }>(sql`
      SELECT 'unpublished events' AS what, count(*)::int AS number FROM domain_events WHERE published_at IS NULL AND ${within('id')}
      UNION ALL SELECT 'dead reactions', count(*)::int FROM inbox WHERE state = 'dead' AND ${within('event_id')}
      UNION ALL SELECT 'reactions that an act replays', count(*)::int FROM operator_act_items
        WHERE state IN ('taken', 'sent') AND ${within('event_id')}
      UNION ALL SELECT 'incomplete audiences', count(*)::int FROM audiences WHERE ${within('event_id')}`);
    return rows.filter(({ number }) => number > 0).map(({ what, number }) => `${number} ${what}`);
  }
}

function toRetention(setting: RetentionSettings['retention'][number] | null): Tables[number]['retention'] {
  return setting && { variable: setting.variable, months: setting.months };
}

/** The first day on which it is none of the months that are kept. */
function expiry(month: string, kept: number | null): string | null {
  if (kept === null) return null;
  const day = new Date(`${month}-01T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() + kept + 1);
  return day.toISOString().slice(0, 10);
}

function tableOf(partitions: readonly Partition[]): Omit<Tables[number], 'retention'> {
  const months = partitions.flatMap(({ month, rows, bytes }) => (month === null ? [] : [{ month, rows, bytes }]));
  const { rows, bytes } = partitions.find(({ month }) => month === null) ?? { rows: 0, bytes: 0 };
  return { table: partitions[0]?.table ?? '', months, fallback: { rows, bytes } };
}
