import type { NotificationView } from '@convene/contracts/sockets/frames';
import type { NotificationRow } from './reaction-store';

/** A row as clients see it. `seq` fits a number: 2^53 notifications of one recipient are not to be feared. */
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
  };
}
