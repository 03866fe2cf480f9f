import type { NotificationView } from '@convene/contracts/frames';
import { toNotificationView } from '@convene/inbox/notification-view';
import type { NotificationRow } from '@convene/inbox/notification-row';

/** Prisma types a JSON column as any JSON; the reaction that wrote it wrote an object. */
export function present(row: Omit<NotificationRow, 'params'> & { params: unknown }): NotificationView {
  return toNotificationView({ ...row, params: row.params as NotificationRow['params'] });
}
