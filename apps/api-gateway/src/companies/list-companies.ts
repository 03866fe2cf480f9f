import { Injectable } from '@nestjs/common';
import type { CompanyView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { noSql, sql } from '@convene/prisma/database/sql';
import { toCompanyView } from '../memberships/company-view';
import type { CompanyMembership } from '../memberships/membership';

const cursors = new Cursor('companies', UUID_CURSOR);

@Injectable()
export class ListCompanies {
  constructor(private readonly database: Database) {}

  /** Those the caller is in, youngest company first. A deleted company has no members. */
  async execute(userId: string, { limit, cursor }: PageQuery): Promise<Page<CompanyView>> {
    const before = cursor === undefined ? noSql : sql`AND company_id < ${cursors.decode(cursor)}::uuid`;
    const rows = await this.database.query<CompanyMembership['company'] & Pick<CompanyMembership, 'role'>>(sql`
      SELECT m.role::text, c.id, c.name, c.is_public AS "isPublic", c.membership_version AS "membershipVersion",
        c.created_at AS "createdAt"
      FROM (SELECT company_id, role FROM memberships WHERE user_id = ${userId}::uuid ${before}
            ORDER BY company_id DESC LIMIT ${limit + 1}) m
      JOIN companies c ON c.id = m.company_id
      ORDER BY m.company_id DESC`);
    return cursors.page(
      rows,
      limit,
      ({ id }) => id,
      ({ role, ...company }) => toCompanyView({ role, company }),
    );
  }
}
