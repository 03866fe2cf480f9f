import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { JoinRequestsQuery, JoinRequestView } from '@convene/contracts/http/companies';
import type { Page } from '@convene/contracts/http/paging';
import { mayManage } from '@convene/domain/permissions';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { requireMembership } from '../memberships/membership';
import { JOIN_REQUEST_ROW, toJoinRequestView } from './join-request-view';

const cursors = new Cursor('join-requests', UUID_CURSOR);

@Injectable()
export class ListJoinRequests {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first, for owners and admins; without erased accounts. */
  async execute(companyId: string, callerId: string, query: JoinRequestsQuery): Promise<Page<JoinRequestView>> {
    const { limit, cursor, status } = query;
    const { role } = await requireMembership(this.prisma, companyId, callerId);
    if (!mayManage(role)) throw new ConveneError('FORBIDDEN');
    const rows = await this.prisma.joinRequest.findMany({
      where: {
        companyId,
        status,
        user: { deletedAt: null },
        ...(cursor !== undefined && { id: { lt: cursors.decode(cursor) } }),
      },
      select: JOIN_REQUEST_ROW,
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return cursors.page(rows, limit, ({ id }) => id, toJoinRequestView);
  }
}
