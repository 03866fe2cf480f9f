import type { NotificationCreatedFrame } from '@convene/contracts/frames';
import type { NotificationRow } from '@convene/inbox/notification-row';
import { toNotificationView } from '@convene/inbox/notification-view';
import { currentTrace } from '@convene/observability/trace';

/** The frame of a written row for the recipient's devices. */
export function createdFrameOf({ occurredAt }: { occurredAt: string }, row: NotificationRow): NotificationCreatedFrame {
  const traceId = currentTrace()?.traceId;
  const { unread } = row;
  return { ...toNotificationView(row), occurredAt, ...(traceId && { traceId }), ...(unread && { unread }) };
}
