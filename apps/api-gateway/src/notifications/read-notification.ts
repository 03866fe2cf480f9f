import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { NotificationView } from '@convene/contracts/frames';
import { toNotificationView } from '@convene/inbox/notification-view';
import { findNotification } from '@convene/inbox/read-notifications';
import { PrismaService } from '@convene/prisma/prisma.service';

@Injectable()
export class ReadNotification {
  constructor(private readonly prisma: PrismaService) {}

  /** @throws ConveneError NOT_FOUND, also for a notification of another user */
  async execute(recipientUserId: string, eventId: string): Promise<NotificationView> {
    const row = await findNotification(this.prisma, recipientUserId, eventId);
    if (!row) throw new ConveneError('NOT_FOUND');
    return toNotificationView(row);
  }
}
