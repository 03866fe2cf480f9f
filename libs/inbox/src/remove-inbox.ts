import { Database } from '@convene/prisma/database/database';
import { sql, type Template } from '@convene/prisma/database/sql';

const BATCH = 1_000;

/** Deletes the notifications of a recipient and the steps of their delivery. Safe to repeat, and to interrupt. */
export async function removeInbox(database: Database, userId: string): Promise<void> {
  for (;;) {
    const [removed] = await database.query<{ count: number }>(sql`
      WITH batch AS MATERIALIZED (
        SELECT event_id FROM notifications WHERE recipient_user_id = ${userId}::uuid ORDER BY seq LIMIT ${BATCH}
      ), steps AS (
        DELETE FROM notification_steps s USING batch b
        WHERE s.event_id = b.event_id AND s.recipient_user_id = ${userId}::uuid
      ), notes AS (
        DELETE FROM notifications n USING batch b
        WHERE n.event_id = b.event_id AND n.recipient_user_id = ${userId}::uuid
      )
      SELECT count(*)::int AS count FROM batch`);
    if ((removed?.count ?? 0) < BATCH) return;
  }
}

/** Deletes the counter, in the transaction that deletes the account: no job looks at the inbox any more. */
export function removalOfCounter(userId: string): Template {
  return sql`DELETE FROM inbox_counters WHERE user_id = ${userId}::uuid`;
}
