import { Injectable } from '@nestjs/common';
import type { Principal } from '@convene/auth/access-token-verifier';
import type { SessionView } from '@convene/contracts/http/auth';
import type { Page } from '@convene/contracts/http/paging';
import { PrismaService } from '@convene/prisma/prisma.service';

/** Above any real number of devices; the oldest beyond it are not shown. */
const MAX_LISTED = 100;

@Injectable()
export class ListSessions {
  constructor(private readonly prisma: PrismaService) {}

  /** The logins that stand, newest first. */
  async execute({ userId, sessionId }: Principal): Promise<Page<SessionView>> {
    const sessions = await this.prisma.session.findMany({
      where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },
      select: { id: true, createdAt: true, lastUsedAt: true, expiresAt: true, userAgent: true },
      orderBy: { id: 'desc' },
      take: MAX_LISTED,
    });
    const data = sessions.map(({ id, userAgent, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      current: id === sessionId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      userAgent,
    }));
    return { data, nextCursor: null };
  }
}
