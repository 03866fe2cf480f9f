import type { Unread } from '@convene/contracts/frames';
import { rawSql, type Template } from '@convene/prisma/database/sql';

export interface NotificationRow {
  eventId: string;
  recipientUserId: string;
  seq: bigint;
  code: string;
  params: Record<string, unknown>;
  companyId: string | null;
  senderUserId: string | null;
  createdAt: Date;
  readAt: Date | null;
  archivedAt: Date | null;
  snoozedUntil: Date | null;
  /** Written in the recipient's quiet hours. */
  silent: boolean;
  /** The recipient's count as of this row: set by the statement that writes the row, absent on rows read later. */
  unread?: Unread;
}

const COLUMNS: Record<Exclude<keyof NotificationRow, 'unread'>, string> = {
  eventId: 'event_id',
  recipientUserId: 'recipient_user_id',
  seq: 'seq',
  code: 'code',
  params: 'params',
  companyId: 'company_id',
  senderUserId: 'sender_user_id',
  createdAt: 'created_at',
  readAt: 'read_at',
  archivedAt: 'archived_at',
  snoozedUntil: 'snoozed_until',
  silent: 'silent',
};

/** A select list that yields a `NotificationRow`. @param table The alias of `notifications` in the statement. */
export function notificationColumns(table: string): Template {
  const columns = Object.entries(COLUMNS).map(([field, column]) => `${table}.${column} AS "${field}"`);
  return rawSql(columns.join(', '));
}

/** The same row as JSON, with the field names of a frame: `id` is the event's, and the recipient is known to the reader. */
export function notificationJson(table: string): Template {
  const { eventId: id, recipientUserId: _, ...others } = COLUMNS;
  const fields = Object.entries({ id, ...others }).map(([field, column]) => `'${field}', ${table}.${column}`);
  return rawSql(`json_build_object(${fields.join(', ')})`);
}
