import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { RemovePushSubscriptionBody } from '@convene/contracts/http/me';
import { PrismaService } from '@convene/prisma/prisma.service';

@Injectable()
export class RemovePushSubscription {
  constructor(private readonly prisma: PrismaService) {}

  /** @throws ConveneError NOT_FOUND */
  async execute(userId: string, which: RemovePushSubscriptionBody): Promise<void> {
    const { count } = await this.prisma.pushSubscription.deleteMany({ where: { userId, ...which } });
    if (count === 0) throw new ConveneError('NOT_FOUND');
  }
}
