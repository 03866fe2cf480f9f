import { Injectable } from '@nestjs/common';
import type { Unread } from '@convene/contracts/frames';
import { readUnread } from '@convene/inbox/read-notifications';
import { PrismaService } from '@convene/prisma/prisma.service';

@Injectable()
export class CountUnread {
  constructor(private readonly prisma: PrismaService) {}

  execute(userId: string): Promise<Unread> {
    return readUnread(this.prisma, userId);
  }
}
