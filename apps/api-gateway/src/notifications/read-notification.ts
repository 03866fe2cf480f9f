import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { NotificationView } from '@convene/contracts/frames';
import { toNotificationView } from '@convene/inbox/notification-view';
import { findNotification } from '@convene/inbox/read-notifications';
import { Database } from '@convene/prisma/database/database';

@Injectable()
export class ReadNotification {
  constructor(private readonly database: Database) {}

  /** @throws ConveneError NOT_FOUND, also for a notification of another user */
  async execute(recipientUserId: string, eventId: string): Promise<NotificationView> {
    const row = await findNotification(this.database, recipientUserId, eventId);
    if (!row) throw new ConveneError('NOT_FOUND');
    return toNotificationView(row);
  }
}
