import type { NotificationUpdatedFrame, NotificationView, Unread } from '@convene/contracts/frames';
import type { NotificationRow } from './notification-row';

/** A row as clients see it. `seq` fits a number: no recipient gets 2^53 notifications. */
export function toNotificationView(row: NotificationRow): NotificationView {
  return {
    seq: Number(row.seq),
    id: row.eventId,
    code: row.code,
    params: row.params,
    companyId: row.companyId,
    senderUserId: row.senderUserId,
    createdAt: row.createdAt.toISOString(),
    readAt: row.readAt?.toISOString() ?? null,
    archivedAt: row.archivedAt?.toISOString() ?? null,
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    silent: row.silent,
  };
}

interface ChangedRow extends Pick<NotificationRow, 'eventId' | 'readAt' | 'archivedAt' | 'snoozedUntil'> {
  readonly deleted: boolean;
}

/** The state of a changed row, and the count after the change. */
export function toUpdatedFrame({ deleted, ...row }: ChangedRow, unread: Unread): NotificationUpdatedFrame {
  return {
    id: row.eventId,
    readAt: row.readAt?.toISOString() ?? null,
    archivedAt: row.archivedAt?.toISOString() ?? null,
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    deleted,
    unread,
  };
}
