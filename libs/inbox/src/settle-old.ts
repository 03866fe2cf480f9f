import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** Ids of events: `from`, and those before `to`. */
export interface EventRange {
  readonly from: string;
  readonly to: string;
}

/** Whether one of the notifications is snoozed: it is going to be unread again. */
export async function hasSnoozed(database: Database, { from, to }: EventRange): Promise<boolean> {
  const snoozed = await database.query(sql`
    SELECT FROM notifications
    WHERE event_id >= ${from}::uuid AND event_id < ${to}::uuid AND snoozed_until IS NOT NULL LIMIT 1`);
  return snoozed.length > 0;
}

/**
 * Marks unread notifications of the events as read; at most `limit` of them. Once their month is dropped, no row is left that could lower `unread_count`. It locks the counters first, in recipient order
 * as every writer does, and in a statement of its own, so that the change sees what the recipients did meanwhile.
 * Example: `unread_count 3, version 60`, of which two are of that month; it becomes `1, 61`. Gateways find the new version when they
 * compare. @returns how many it marked.
 */
export async function settleOldNotifications(
  database: Database,
  { from, to }: EventRange,
  limit: number,
): Promise<number> {
  const old = await database.query<{ userId: string }>(sql`
    SELECT DISTINCT recipient_user_id AS "userId" FROM (
      SELECT recipient_user_id FROM notifications
      WHERE event_id >= ${from}::uuid AND event_id < ${to}::uuid
        AND read_at IS NULL AND archived_at IS NULL AND snoozed_until IS NULL AND deleted_at IS NULL
      ORDER BY recipient_user_id LIMIT ${limit}) AS unread`);
  if (old.length === 0) return 0;
  const userIds = old.map(({ userId }) => userId);
  return database.transaction(async (tx) => {
    tx.write(sql`
      SELECT 1 AS locked FROM inbox_counters WHERE user_id = ANY(${userIds}::uuid[]) ORDER BY user_id FOR UPDATE`);
    const [settled] = await tx.query<{ count: number }>(sql`
      WITH unread AS MATERIALIZED (
        SELECT event_id, recipient_user_id FROM notifications
        WHERE event_id >= ${from}::uuid AND event_id < ${to}::uuid AND recipient_user_id = ANY(${userIds}::uuid[])
          AND read_at IS NULL AND archived_at IS NULL AND snoozed_until IS NULL AND deleted_at IS NULL
        LIMIT ${limit}
      ), settled AS (
        UPDATE notifications n SET read_at = clock_timestamp() FROM unread
        WHERE n.event_id >= ${from}::uuid AND n.event_id < ${to}::uuid
          AND n.event_id = unread.event_id AND n.recipient_user_id = unread.recipient_user_id
        RETURNING n.recipient_user_id
      ), bumped AS (
        UPDATE inbox_counters c SET version = c.version + 1, unread_count = c.unread_count - less.read
        FROM (SELECT recipient_user_id, count(*)::int AS read FROM settled GROUP BY recipient_user_id) AS less
        WHERE c.user_id = less.recipient_user_id
      )
      SELECT count(*)::int AS count FROM settled`);
    return settled?.count ?? 0;
  });
}
