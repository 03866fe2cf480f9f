import { ConveneError } from '@convene/contracts/errors';
import type { NotificationView } from '@convene/contracts/frames';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';
import { present } from './present';

@Injectable()
export class ReadNotification {
  constructor(private readonly prisma: PrismaService) {}

  /** @throws ConveneError NOT_FOUND, for another person's too */
  async execute(recipientUserId: string, eventId: string): Promise<NotificationView> {
    const row = await this.prisma.notification.findFirst({ where: { eventId, recipientUserId, deletedAt: null } });
    if (!row) throw new ConveneError('NOT_FOUND');
    return present(row);
  }
}
