import type { Unread } from '@convene/contracts/frames';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';

@Injectable()
export class CountUnread {
  constructor(private readonly prisma: PrismaService) {}

  /** One row by key. Whoever was never notified of anything has no counter yet. */
  async execute(userId: string): Promise<Unread> {
    const counter = await this.prisma.inboxCounter.findUnique({
      where: { userId },
      select: { unreadCount: true, version: true },
    });
    return { count: counter?.unreadCount ?? 0, version: Number(counter?.version ?? 0) };
  }
}
