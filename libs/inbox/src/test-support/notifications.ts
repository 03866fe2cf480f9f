import type { NotificationCode } from '@convene/contracts/notification-codes';
import { newId } from '@convene/prisma/ids';
import type { PrismaService } from '@convene/prisma/prisma.service';

interface Given {
  readonly code?: NotificationCode;
  readonly params?: object;
  readonly senderUserId?: string;
}

/** Rows and counter, as reactions commit them. @returns ids, oldest first. */
export async function notify(
  prisma: PrismaService,
  userId: string,
  count: number,
  { code = 'INVITE_REVOKED', params = { inviteId: userId, companyName: 'Acme' }, senderUserId }: Given = {},
): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const counter = await prisma.inboxCounter.upsert({
    where: { userId },
    create: { userId, lastSeq: BigInt(count), unreadCount: count, version: 1n },
    update: { lastSeq: { increment: count }, unreadCount: { increment: count }, version: { increment: 1 } },
  });
  await prisma.notification.createMany({
    data: ids.map((eventId, n) => ({
      ...{ eventId, recipientUserId: userId, seq: counter.lastSeq - BigInt(count - n - 1), code, params },
      ...(senderUserId && { senderUserId }),
    })),
  });
  return ids;
}

/** What the count must be: counted from the rows. */
export function recount(prisma: PrismaService, recipientUserId: string): Promise<number> {
  return prisma.notification.count({
    where: { recipientUserId, readAt: null, archivedAt: null, snoozedUntil: null, deletedAt: null },
  });
}
