import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { InviteView } from '@convene/contracts/http/invites';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { noSql, rawSql, sql } from '@convene/prisma/database/sql';
import { INVITE_COLUMNS, type InviteRow, toInviteView } from './invite-view';

const cursors = new Cursor('received-invites', UUID_CURSOR);

@Injectable()
export class ListReceivedInvites {
  constructor(private readonly database: Database) {}

  /**
   * Those that await the caller's answer, newest first. A deleted company has none.
   * @throws ConveneError EMAIL_NOT_VERIFIED, or UNAUTHENTICATED when the account is deleted
   */
  async execute(userId: string, { limit, cursor }: PageQuery): Promise<Page<InviteView>> {
    const before = cursor === undefined ? noSql : sql`AND id < ${cursors.decode(cursor)}::uuid`;
    const rows = await this.database.query<(InviteRow | { id: null }) & { verified: boolean }>(sql`
      SELECT invitee.email_verified_at IS NOT NULL AS verified, page.*
      FROM users invitee
      LEFT JOIN LATERAL (
        SELECT ${rawSql(INVITE_COLUMNS)}
        FROM (SELECT * FROM invites
              WHERE email = invitee.email AND invitee.email_verified_at IS NOT NULL AND status = 'PENDING'
                AND expires_at > statement_timestamp() ${before}
              ORDER BY id DESC LIMIT ${limit + 1}) i
        JOIN companies c ON c.id = i.company_id AND c.deleted_at IS NULL JOIN users u ON u.id = i.inviter_id
      ) AS page ON true
      WHERE invitee.id = ${userId}::uuid AND invitee.deleted_at IS NULL
      ORDER BY page.id DESC`);
    const [first] = rows;
    if (!first) throw new ConveneError('UNAUTHENTICATED');
    if (!first.verified) throw new ConveneError('EMAIL_NOT_VERIFIED');
    const invites = rows.filter((row): row is InviteRow & { verified: boolean } => row.id !== null);
    return cursors.page(invites, limit, ({ id }) => id, toInviteView);
  }
}
