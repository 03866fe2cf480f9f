import { Injectable } from '@nestjs/common';
import type { JoinRequestsQuery, JoinRequestView } from '@convene/contracts/http/companies';
import type { Page } from '@convene/contracts/http/paging';
import { mayManage } from '@convene/domain/permissions';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { noSql, sql } from '@convene/prisma/database/sql';
import { pageForMember } from '../memberships/page-for-member';
import { type JoinRequestRow, toJoinRequestView } from './join-request-view';

const cursors = new Cursor('join-requests', UUID_CURSOR);

@Injectable()
export class ListJoinRequests {
  constructor(private readonly database: Database) {}

  /** Newest first, for owners and admins; without erased accounts. @throws ConveneError NOT_FOUND or FORBIDDEN */
  async execute(companyId: string, callerId: string, query: JoinRequestsQuery): Promise<Page<JoinRequestView>> {
    const { limit, cursor, status } = query;
    const before = cursor === undefined ? noSql : sql`AND id < ${cursors.decode(cursor)}::uuid`;
    // Whether the account stands is asked row by row, in the order of the list, until the page is full.
    const page = sql`
      SELECT row_number() OVER (ORDER BY j.id DESC)::int AS position, j.id, j.status::text, j.created_at AS "createdAt",
        j.decided_at AS "decidedAt", jsonb_build_object('id', c.id, 'name', c.name) AS company,
        jsonb_build_object('id', u.id, 'displayName', u.display_name) AS user
      FROM (SELECT * FROM join_requests
            WHERE company_id = ${companyId}::uuid AND status = ${status}::"JoinRequestStatus" ${before}
              AND (SELECT deleted_at IS NULL FROM users WHERE users.id = user_id)
            ORDER BY id DESC LIMIT ${limit + 1}) j
      JOIN users u ON u.id = j.user_id`;
    const rows = await pageForMember<JoinRequestRow>(this.database, { companyId, callerId }, page, mayManage);
    return cursors.page(rows, limit, ({ id }) => id, toJoinRequestView);
  }
}
