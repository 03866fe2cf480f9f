import { Injectable } from '@nestjs/common';
import type { CompanyInvitesQuery, InviteView } from '@convene/contracts/http/invites';
import type { Page } from '@convene/contracts/http/paging';
import type { InviteStatus } from '@convene/domain/invite';
import { mayInvite } from '@convene/domain/permissions';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { joinSql, noSql, rawSql, sql, type Template } from '@convene/prisma/database/sql';
import { pageForMember } from '../memberships/page-for-member';
import { INVITE_COLUMNS, type InviteRow, toInviteView } from './invite-view';

const cursors = new Cursor('company-invites', UUID_CURSOR);

@Injectable()
export class ListCompanyInvites {
  constructor(private readonly database: Database) {}

  /** Newest first, for those who may invite. @throws ConveneError NOT_FOUND or FORBIDDEN */
  async execute(companyId: string, callerId: string, query: CompanyInvitesQuery): Promise<Page<InviteView>> {
    const { limit, cursor, status } = query;
    const before = cursor === undefined ? noSql : sql`AND id < ${cursors.decode(cursor)}::uuid`;
    const lists = rowsOf(status).map(
      (rows) => sql`
        (SELECT * FROM invites WHERE company_id = ${companyId}::uuid ${rows} ${before} ORDER BY id DESC LIMIT ${limit + 1})`,
    );
    const page = sql`
      SELECT row_number() OVER (ORDER BY i.id DESC)::int AS position, ${rawSql(INVITE_COLUMNS)}
      FROM (SELECT * FROM (${joinSql(lists, ' UNION ALL ')}) AS listed ORDER BY id DESC LIMIT ${limit + 1}) i
      JOIN users u ON u.id = i.inviter_id`;
    const rows = await pageForMember<InviteRow>(this.database, { companyId, callerId }, page, mayInvite);
    return cursors.page(rows, limit, ({ id }) => id, toInviteView);
  }
}

/**
 * The rows that people see under a status, as lists that an index gives in order: what has expired is seen so from that
 * moment, written down or not.
 */
function rowsOf(status: InviteStatus | undefined): Template[] {
  if (status === undefined) return [noSql];
  const written = sql`AND status = ${status}::"InviteStatus"`;
  if (status === 'PENDING') return [sql`${written} AND expires_at > statement_timestamp()`];
  if (status === 'EXPIRED') return [written, sql`AND status = 'PENDING' AND expires_at <= statement_timestamp()`];
  return [written];
}
