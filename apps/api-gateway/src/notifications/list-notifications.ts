import { Injectable } from '@nestjs/common';
import type { NotificationView } from '@convene/contracts/frames';
import type { NotificationsQuery } from '@convene/contracts/http/notifications';
import type { Page } from '@convene/contracts/http/paging';
import { Cursor, SEQ_CURSOR } from '@convene/http/cursor';
import { toNotificationView } from '@convene/inbox/notification-view';
import { readPage } from '@convene/inbox/read-notifications';
import { Database } from '@convene/prisma/database/database';

const cursors = new Cursor('notifications', SEQ_CURSOR);

@Injectable()
export class ListNotifications {
  constructor(private readonly database: Database) {}

  async execute(recipientUserId: string, query: NotificationsQuery): Promise<Page<NotificationView>> {
    const { limit, cursor, state = 'open' } = query;
    const before = cursor === undefined ? undefined : BigInt(cursors.decode(cursor));
    const rows = await readPage(this.database, recipientUserId, { state, before, limit: limit + 1 });
    return cursors.page(rows, limit, ({ seq }) => seq.toString(), toNotificationView);
  }
}
