import type { NotificationsQuery } from '@convene/contracts/http/notifications';
import type { Page } from '@convene/contracts/http/paging';
import type { NotificationView } from '@convene/contracts/frames';
import { Cursor, SEQ_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';
import { present } from './present';

const cursors = new Cursor('notifications', SEQ_CURSOR);

/** Each is the condition of a partial index of its own: `notifications_<state>_idx`. */
const STATES = {
  open: { archivedAt: null, snoozedUntil: null },
  unread: { readAt: null, archivedAt: null, snoozedUntil: null },
  read: { readAt: { not: null }, archivedAt: null, snoozedUntil: null },
  archived: { archivedAt: { not: null } },
  snoozed: { snoozedUntil: { not: null }, archivedAt: null },
} as const;

@Injectable()
export class ListNotifications {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first; by seq, so that what arrives while somebody pages shifts nothing. */
  async execute(recipientUserId: string, query: NotificationsQuery): Promise<Page<NotificationView>> {
    const { limit, cursor, state = 'open' } = query;
    const rows = await this.prisma.notification.findMany({
      where: {
        recipientUserId,
        deletedAt: null,
        ...STATES[state],
        ...(cursor !== undefined && { seq: { lt: BigInt(cursors.decode(cursor)) } }),
      },
      orderBy: { seq: 'desc' },
      take: limit + 1,
    });
    return cursors.page(rows, limit, ({ seq }) => seq.toString(), present);
  }
}
