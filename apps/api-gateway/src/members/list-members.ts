import { Injectable } from '@nestjs/common';
import type { MemberView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { noSql, sql } from '@convene/prisma/database/sql';
import type { MemberRow } from '../memberships/membership';
import { pageForMember } from '../memberships/page-for-member';
import { toMemberView } from './member-view';

const cursors = new Cursor('members', UUID_CURSOR);

@Injectable()
export class ListMembers {
  constructor(private readonly database: Database) {}

  /** For members. Oldest account first, which the primary key gives without sorting. */
  async execute(companyId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<MemberView>> {
    const after = cursor === undefined ? noSql : sql`AND user_id > ${cursors.decode(cursor)}::uuid`;
    const page = sql`
      SELECT row_number() OVER (ORDER BY m.user_id)::int AS position, m.user_id AS "userId", m.role::text,
        m.joined_at AS "joinedAt", jsonb_build_object('displayName', u.display_name) AS user
      FROM (SELECT * FROM memberships WHERE company_id = ${companyId}::uuid ${after}
            ORDER BY user_id LIMIT ${limit + 1}) m
      JOIN users u ON u.id = m.user_id`;
    const rows = await pageForMember<MemberRow>(this.database, { companyId, callerId }, page);
    return cursors.page(rows, limit, ({ userId }) => userId, toMemberView);
  }
}
