import type { Unread } from '@convene/contracts/frames';
import { Prisma } from '@convene/prisma/generated/client';
import type { Tx } from '@convene/prisma/transaction';
import { notificationColumns, type NotificationRow } from './notification-row';

const MAX_SEQ = 2n ** 63n - 1n;

/** Each state is the condition of a partial index of its own, `notifications_<state>_idx`; `all` uses the index by seq. */
const STATES = {
  all: {},
  unread: { readAt: null, archivedAt: null, snoozedUntil: null },
  read: { readAt: { not: null }, archivedAt: null, snoozedUntil: null },
  archived: { archivedAt: { not: null } },
  snoozed: { snoozedUntil: { not: null }, archivedAt: null },
} as const;

export interface PageRequest {
  /** `open` is what is unread or read. */
  readonly state: keyof typeof STATES | 'open';
  /** Only rows with a lower seq. */
  readonly before?: bigint | undefined;
  readonly limit: number;
}

/** Newest first, by seq: a notification that arrives while a client pages does not move the pages that follow. */
export async function readPage(
  prisma: Pick<Tx, 'notification' | '$queryRaw'>,
  recipientUserId: string,
  { state, before, limit }: PageRequest,
): Promise<NotificationRow[]> {
  if (state === 'open') return readOpenPage(prisma, recipientUserId, { before, limit });
  const rows = await prisma.notification.findMany({
    where: { recipientUserId, deletedAt: null, ...STATES[state], ...(before !== undefined && { seq: { lt: before } }) },
    omit: { deletedAt: true },
    orderBy: { seq: 'desc' },
    take: limit,
  });
  return rows as NotificationRow[];
}

/** Merges the lists of what is unread and what is read: it costs no more than a page of each. */
function readOpenPage(
  prisma: Pick<Tx, '$queryRaw'>,
  recipientUserId: string,
  { before, limit }: { readonly before: bigint | undefined; readonly limit: number },
): Promise<NotificationRow[]> {
  const list = (is: Prisma.Sql) => Prisma.sql`
    (SELECT * FROM notifications
     WHERE recipient_user_id = ${recipientUserId}::uuid AND seq < ${before ?? MAX_SEQ}
       AND ${is} AND archived_at IS NULL AND deleted_at IS NULL AND snoozed_until IS NULL
     ORDER BY seq DESC LIMIT ${limit})`;
  return prisma.$queryRaw<NotificationRow[]>`
    SELECT ${notificationColumns('n')}
    FROM (${list(Prisma.sql`read_at IS NULL`)} UNION ALL ${list(Prisma.sql`read_at IS NOT NULL`)}) AS n
    ORDER BY n.seq DESC LIMIT ${limit}`;
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
