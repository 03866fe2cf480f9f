import { Injectable } from '@nestjs/common';
import type { CompanyInvitesQuery, InviteView } from '@convene/contracts/http/invites';
import type { Page } from '@convene/contracts/http/paging';
import type { InviteStatus } from '@convene/domain/invite';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { databaseTime } from '@convene/prisma/database/database-time';
import { PrismaService } from '@convene/prisma/prisma.service';
import { INVITE_ROW, toInviteView } from './invite-view';
import { requireInviter } from './require-inviter';

const cursors = new Cursor('company-invites', UUID_CURSOR);

@Injectable()
export class ListCompanyInvites {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first, for those who may invite. @throws ConveneError NOT_FOUND or FORBIDDEN */
  async execute(companyId: string, callerId: string, query: CompanyInvitesQuery): Promise<Page<InviteView>> {
    const { limit, cursor, status } = query;
    await requireInviter(this.prisma, companyId, callerId);
    const before = cursor === undefined ? {} : { id: { lt: cursors.decode(cursor) } };
    const lists = await Promise.all(
      rowsOf(status, await databaseTime(this.prisma.database)).map((rows) =>
        this.prisma.invite.findMany({
          where: { companyId, ...rows, ...before },
          select: INVITE_ROW,
          orderBy: { id: 'desc' },
          take: limit + 1,
        }),
      ),
    );
    const newestFirst = lists.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
    return cursors.page(newestFirst.slice(0, limit + 1), limit, ({ id }) => id, toInviteView);
  }
}

/**
 * The rows that people see under a status, as lists that an index gives in order: what has expired is seen so from that
 * moment, written down or not.
 */
function rowsOf(status: InviteStatus | undefined, now: Date) {
  if (status === 'PENDING') return [{ status, expiresAt: { gt: now } }];
  if (status === 'EXPIRED') return [{ status }, { status: 'PENDING' as const, expiresAt: { lte: now } }];
  return [status === undefined ? {} : { status }];
}
