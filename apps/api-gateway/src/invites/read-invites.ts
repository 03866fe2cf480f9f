import type { Queryable } from '@convene/prisma/database/queryable';
import { noSql, rawSql, sql } from '@convene/prisma/database/sql';
import { Prisma } from '@convene/prisma/generated/client';
import type { Tx } from '@convene/prisma/transaction';
import { INVITE_COLUMNS, type InviteRow } from './invite-view';

const COLUMNS = Prisma.raw(INVITE_COLUMNS);

/** One of a company that stands. `lock` keeps it as it is until the commit. */
export async function readInvite(
  tx: Queryable,
  id: string,
  { lock }: { lock: boolean },
): Promise<InviteRow | undefined> {
  const [invite] = await tx.query<InviteRow>(sql`
    SELECT ${rawSql(INVITE_COLUMNS)}
    FROM invites i JOIN companies c ON c.id = i.company_id JOIN users u ON u.id = i.inviter_id
    WHERE i.id = ${id}::uuid AND c.deleted_at IS NULL
    ${lock ? sql`FOR UPDATE OF i` : noSql}`);
  return invite;
}

/** A new row of `invites`. */
export interface NewInvite {
  readonly id: string;
  readonly email: string;
  readonly tokenHash: string;
  readonly sends: number;
}

/** What they have in common. */
interface InvitesInCommon {
  readonly companyId: string;
  readonly inviterId: string;
  readonly role: InviteRow['role'];
  readonly now: Date;
  readonly expiresAt: Date;
}

/** @returns the rows as they were written, in the order of their ids. */
export function insertInvites(
  tx: Tx,
  { companyId, inviterId, role, now, expiresAt }: InvitesInCommon,
  invites: readonly NewInvite[],
): Promise<InviteRow[]> {
  return tx.$queryRaw<InviteRow[]>`
    WITH i AS (
      INSERT INTO invites (id, company_id, inviter_id, email, role, sent_at, sends, expires_at, token_hash)
      SELECT id, ${companyId}::uuid, ${inviterId}::uuid, email, ${role}::"Role", ${now}::timestamptz, sends,
        ${expiresAt}::timestamptz, "tokenHash"
      FROM jsonb_to_recordset(${JSON.stringify(invites)}::jsonb) AS given(id uuid, email text, "tokenHash" text, sends int)
      RETURNING *
    )
    SELECT ${COLUMNS} FROM i JOIN companies c ON c.id = i.company_id JOIN users u ON u.id = i.inviter_id
    ORDER BY i.id`;
}
