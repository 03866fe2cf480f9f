import { ConveneError } from '@convene/contracts/errors';
import type { InviteView } from '@convene/contracts/http/invites';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';
import { INVITE_ROW, toInviteView } from './invite-view';

const cursors = new Cursor('received-invites', UUID_CURSOR);

@Injectable()
export class ListReceivedInvites {
  constructor(private readonly prisma: PrismaService) {}

  /** Those that await the caller's answer, newest first. @throws ConveneError EMAIL_NOT_VERIFIED */
  async execute(userId: string, { limit, cursor }: PageQuery): Promise<Page<InviteView>> {
    const user = await this.prisma.user.findFirst({
      where: { id: userId, deletedAt: null },
      select: { email: true, emailVerifiedAt: true },
    });
    if (!user) throw new ConveneError('UNAUTHENTICATED');
    if (!user.emailVerifiedAt) throw new ConveneError('EMAIL_NOT_VERIFIED');
    const rows = await this.prisma.invite.findMany({
      where: {
        email: user.email,
        status: 'PENDING',
        expiresAt: { gt: new Date() },
        company: { deletedAt: null },
        ...(cursor !== undefined && { id: { lt: cursors.decode(cursor) } }),
      },
      select: INVITE_ROW,
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return cursors.page(rows, limit, ({ id }) => id, toInviteView);
  }
}
