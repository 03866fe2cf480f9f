import { Inject, Injectable } from '@nestjs/common';
import type { PushSubscriptionsView } from '@convene/contracts/http/me';
import { PrismaService } from '@convene/prisma/prisma.service';
import { ENV, type Env } from '../../env';
import { toSubscriptionView } from './subscription-view';

@Injectable()
export class ListPushSubscriptions {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** Oldest first; there are few. */
  async execute(userId: string): Promise<PushSubscriptionsView> {
    const rows = await this.prisma.pushSubscription.findMany({
      where: { userId, session: { expiresAt: { gt: new Date() } } },
      select: { id: true, endpoint: true, createdAt: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return { data: rows.map(toSubscriptionView), applicationServerKey: this.env.VAPID_PUBLIC_KEY ?? null };
  }
}
