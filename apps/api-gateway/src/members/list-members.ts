import { Injectable } from '@nestjs/common';
import type { MemberView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { MEMBER_ROW, requireMembership } from '../memberships/membership';
import { toMemberView } from './member-view';

const cursors = new Cursor('members', UUID_CURSOR);

@Injectable()
export class ListMembers {
  constructor(private readonly prisma: PrismaService) {}

  /** For members. Oldest account first, which the primary key gives without sorting. */
  async execute(companyId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<MemberView>> {
    await requireMembership(this.prisma, companyId, callerId);
    const rows = await this.prisma.membership.findMany({
      where: { companyId, ...(cursor !== undefined && { userId: { gt: cursors.decode(cursor) } }) },
      select: MEMBER_ROW,
      orderBy: { userId: 'asc' },
      take: limit + 1,
    });
    return cursors.page(rows, limit, ({ userId }) => userId, toMemberView);
  }
}
