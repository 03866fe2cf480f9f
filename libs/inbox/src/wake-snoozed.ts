import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

export interface WokenNotification {
  eventId: string;
  userId: string;
  archivedAt: Date | null;
  deletedAt: Date | null;
  count: number;
  version: bigint;
}

/**
 * Makes due snoozed notifications unread again, at most `limit` of them; one statement when none is due. It locks the counters first, in recipient order
 * as every writer does, and in a statement of its own: the statement that wakes begins after the lock, so it sees what
 * the recipients have changed meanwhile and leaves that as it is.
 */
export async function wakeSnoozed(database: Database, limit: number): Promise<WokenNotification[]> {
  const due = await database.query(
    sql`SELECT 1 AS due FROM notifications WHERE snoozed_until <= statement_timestamp() LIMIT 1`,
  );
  return due.length === 0 ? [] : wakeDue(database, limit);
}

function wakeDue(database: Database, limit: number): Promise<WokenNotification[]> {
  return database.transaction(async (tx) => {
    const locked = await tx.query<{ userId: string }>(sql`
      WITH due AS MATERIALIZED (
        SELECT recipient_user_id FROM notifications
        WHERE snoozed_until <= statement_timestamp() ORDER BY snoozed_until LIMIT ${limit}
      )
      SELECT user_id AS "userId" FROM inbox_counters WHERE user_id IN (SELECT recipient_user_id FROM due)
      ORDER BY user_id FOR UPDATE`);
    if (locked.length === 0) return [];
    return tx.query<WokenNotification>(sql`
      WITH due AS MATERIALIZED (
        SELECT event_id, recipient_user_id FROM notifications
        WHERE snoozed_until <= statement_timestamp()
          AND recipient_user_id = ANY(${locked.map(({ userId }) => userId)}::uuid[])
        ORDER BY snoozed_until LIMIT ${limit}
      ), woken AS (
        UPDATE notifications n SET snoozed_until = NULL, read_at = NULL
        FROM due WHERE n.event_id = due.event_id AND n.recipient_user_id = due.recipient_user_id
        RETURNING n.event_id, n.recipient_user_id, n.archived_at, n.deleted_at
      ), bumped AS (
        UPDATE inbox_counters c SET version = c.version + 1, unread_count = c.unread_count + more.unread
        FROM (SELECT recipient_user_id, count(*) FILTER (WHERE archived_at IS NULL AND deleted_at IS NULL)::int AS unread
              FROM woken GROUP BY recipient_user_id) AS more
        WHERE c.user_id = more.recipient_user_id
        RETURNING c.user_id, c.unread_count, c.version
      )
      SELECT event_id AS "eventId", user_id AS "userId", archived_at AS "archivedAt", deleted_at AS "deletedAt",
        unread_count AS count, version
      FROM woken JOIN bumped ON user_id = recipient_user_id`);
  });
}
