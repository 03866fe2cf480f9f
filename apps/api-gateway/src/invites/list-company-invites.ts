import { ConveneError } from '@convene/contracts/errors';
import type { InviteView } from '@convene/contracts/http/invites';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { mayInvite } from '@convene/domain/permissions';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';
import { requireMembership } from '../companies/membership';
import { INVITE_ROW, toInviteView } from './invite-view';

const cursors = new Cursor('company-invites', UUID_CURSOR);

@Injectable()
export class ListCompanyInvites {
  constructor(private readonly prisma: PrismaService) {}

  /** Of every status, newest first, for those who may invite. */
  async execute(companyId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<InviteView>> {
    const { role } = await requireMembership(this.prisma, companyId, callerId);
    if (!mayInvite(role)) throw new ConveneError('FORBIDDEN');
    const rows = await this.prisma.invite.findMany({
      where: { companyId, ...(cursor !== undefined && { id: { lt: cursors.decode(cursor) } }) },
      select: INVITE_ROW,
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return cursors.page(rows, limit, ({ id }) => id, toInviteView);
  }
}
