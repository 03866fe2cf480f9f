import { Injectable } from '@nestjs/common';
import type { InviteView } from '@convene/contracts/http/invites';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { requireVerified } from '../auth/require-verified';
import { INVITE_ROW, toInviteView } from './invite-view';

const cursors = new Cursor('received-invites', UUID_CURSOR);

@Injectable()
export class ListReceivedInvites {
  constructor(private readonly prisma: PrismaService) {}

  /** Those that await the caller's answer, newest first. @throws ConveneError EMAIL_NOT_VERIFIED */
  async execute(userId: string, { limit, cursor }: PageQuery): Promise<Page<InviteView>> {
    const { email } = await requireVerified(this.prisma, userId);
    const rows = await this.prisma.invite.findMany({
      where: {
        email,
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
