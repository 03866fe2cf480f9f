import type { Client } from 'pg';
import { v7 } from 'uuid';

const PARTITIONED = ['domain_events', 'inbox', 'notifications', 'notification_steps'];

/** Creates the partitions of that many months before this one, as `ensure_event_partitions` did when their time came. */
export async function createPastPartitions(client: Client, months: number): Promise<void> {
  const bound = (ago: number) => new Date(firstDay(ago)).toISOString();
  const each = Array.from({ length: months }, (_, index) => index + 1).flatMap((ago) =>
    PARTITIONED.map(
      (
        table,
      ) => `EXECUTE format('CREATE TABLE ${table}_${pastMonth(ago)} PARTITION OF ${table} FOR VALUES FROM (%L) TO (%L)',
        uuid_v7_floor('${bound(ago)}'), uuid_v7_floor('${bound(ago - 1)}'));`,
    ),
  );
  await client.query(`DO $$ BEGIN ${each.join('\n')} END $$`);
}

/** `2026_08`: the month so many months ago, as partitions are named. */
export function pastMonth(ago: number): string {
  return new Date(firstDay(ago)).toISOString().slice(0, 7).replace('-', '_');
}

/** A new id as it was made in the middle of that month. */
export function pastId(ago: number): string {
  return v7({ msecs: firstDay(ago) + 14 * 86_400_000 });
}

function firstDay(ago: number): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1);
}
