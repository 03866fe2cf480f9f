import type { Unread } from '@convene/contracts/frames';
import type { Tx } from '@convene/prisma/transaction';
import type { NotificationRow } from './notification-row';

/** Each state is the condition of a partial index of its own, `notifications_<state>_idx`; `all` uses the index by seq. */
const STATES = {
  all: {},
  open: { archivedAt: null, snoozedUntil: null },
  unread: { readAt: null, archivedAt: null, snoozedUntil: null },
  read: { readAt: { not: null }, archivedAt: null, snoozedUntil: null },
  archived: { archivedAt: { not: null } },
  snoozed: { snoozedUntil: { not: null }, archivedAt: null },
} as const;

export interface PageRequest {
  readonly state: keyof typeof STATES;
  /** Only rows with a lower seq. */
  readonly before?: bigint | undefined;
  readonly limit: number;
}

/** Newest first, by seq: a notification that arrives while a client pages does not move the pages that follow. */
export async function readPage(
  prisma: Pick<Tx, 'notification'>,
  recipientUserId: string,
  { state, before, limit }: PageRequest,
): Promise<NotificationRow[]> {
  const rows = await prisma.notification.findMany({
    where: { recipientUserId, deletedAt: null, ...STATES[state], ...(before !== undefined && { seq: { lt: before } }) },
    omit: { deletedAt: true },
    orderBy: { seq: 'desc' },
    take: limit,
  });
  return rows as NotificationRow[];
}

/** @returns undefined for a notification of another recipient, too. */
export async function findNotification(
  prisma: Pick<Tx, 'notification'>,
  recipientUserId: string,
  eventId: string,
): Promise<NotificationRow | undefined> {
  const row = await prisma.notification.findFirst({
    where: { eventId, recipientUserId, deletedAt: null },
    omit: { deletedAt: true },
  });
  return (row as NotificationRow | null) ?? undefined;
}

/** One row by key. A user without any notification has no counter row. */
export async function readUnread(prisma: Pick<Tx, 'inboxCounter'>, userId: string): Promise<Unread> {
  const counter = await prisma.inboxCounter.findUnique({
    where: { userId },
    select: { unreadCount: true, version: true },
  });
  return { count: counter?.unreadCount ?? 0, version: Number(counter?.version ?? 0) };
}
