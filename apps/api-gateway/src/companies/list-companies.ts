import { Injectable } from '@nestjs/common';
import type { CompanyView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toCompanyView } from '../memberships/company-view';
import { COMPANY_MEMBERSHIP } from '../memberships/membership';

const cursors = new Cursor('companies', UUID_CURSOR);

@Injectable()
export class ListCompanies {
  constructor(private readonly prisma: PrismaService) {}

  /** Those the caller is in, youngest company first. */
  async execute(userId: string, { limit, cursor }: PageQuery): Promise<Page<CompanyView>> {
    const rows = await this.prisma.membership.findMany({
      where: {
        userId,
        company: { deletedAt: null },
        ...(cursor !== undefined && { companyId: { lt: cursors.decode(cursor) } }),
      },
      select: COMPANY_MEMBERSHIP,
      orderBy: { companyId: 'desc' },
      take: limit + 1,
    });
    return cursors.page(rows, limit, ({ company }) => company.id, toCompanyView);
  }
}
