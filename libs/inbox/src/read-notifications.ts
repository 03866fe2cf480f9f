import type { Unread } from '@convene/contracts/frames';
import type { Queryable } from '@convene/prisma/database/queryable';
import { noSql, sql, type Template } from '@convene/prisma/database/sql';
import { notificationColumns, type NotificationRow } from './notification-row';

/** Each state is the condition of a partial index of its own, `notifications_<state>_idx`; `all` uses the index by seq. */
const STATES = {
  all: noSql,
  unread: sql`AND n.read_at IS NULL AND n.archived_at IS NULL AND n.snoozed_until IS NULL`,
  read: sql`AND n.read_at IS NOT NULL AND n.archived_at IS NULL AND n.snoozed_until IS NULL`,
  archived: sql`AND n.archived_at IS NOT NULL`,
  snoozed: sql`AND n.snoozed_until IS NOT NULL AND n.archived_at IS NULL`,
} as const;

export interface PageRequest {
  /** `open` is what is unread or read. */
  readonly state: keyof typeof STATES | 'open';
  /** Only rows with a lower seq. */
  readonly before?: bigint | undefined;
  readonly limit: number;
}

const ROW = notificationColumns('n');

/** Newest first, by seq: a notification that arrives while a client pages does not move the pages that follow. */
export function readPage(
  database: Queryable,
  recipientUserId: string,
  request: PageRequest,
): Promise<NotificationRow[]> {
  const { state, limit } = request;
  return database.query<NotificationRow>(
    state === 'open'
      ? // Merges the lists of what is unread and what is read: it costs no more than a page of each.
        sql`
    SELECT ${ROW}
    FROM ((${pageOf(recipientUserId, STATES.unread, request)}) UNION ALL (${pageOf(recipientUserId, STATES.read, request)})) AS n
    ORDER BY n.seq DESC LIMIT ${limit}`
      : sql`SELECT ${ROW} FROM (${pageOf(recipientUserId, STATES[state], request)}) AS n ORDER BY n.seq DESC`,
  );
}

function pageOf(recipientUserId: string, state: Template, { before, limit }: PageRequest): Template {
  return sql`
    SELECT * FROM notifications n
    WHERE n.recipient_user_id = ${recipientUserId}::uuid AND n.deleted_at IS NULL ${state}
      ${before === undefined ? noSql : sql`AND n.seq < ${before}`}
    ORDER BY n.seq DESC LIMIT ${limit}`;
}

/** @returns undefined for a notification of another recipient, too. */
export async function findNotification(
  database: Queryable,
  recipientUserId: string,
  eventId: string,
): Promise<NotificationRow | undefined> {
  const [row] = await database.query<NotificationRow>(sql`
    SELECT ${ROW} FROM notifications n
    WHERE n.event_id = ${eventId}::uuid AND n.recipient_user_id = ${recipientUserId}::uuid AND n.deleted_at IS NULL`);
  return row;
}

/** One row by key. A user without any notification has no counter row. */
export async function readUnread(database: Queryable, userId: string): Promise<Unread> {
  const [unread] = await database.query<Unread>(sql`
    SELECT unread_count AS count, version::float8 AS version FROM inbox_counters WHERE user_id = ${userId}::uuid`);
  return unread ?? { count: 0, version: 0 };
}
