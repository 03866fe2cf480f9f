import type { Queryable } from '@convene/prisma/database/queryable';
import { noSql, rawSql, sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { INVITE_COLUMNS, type InviteRow } from './invite-view';

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

/** What the invites of one request have in common. */
export interface InviteTerms extends Pick<InviteRow, 'inviter' | 'role' | 'createdAt' | 'expiresAt'> {
  readonly company: Pick<InviteRow['company'], 'id' | 'name'>;
}

/** Adds the rows to the writes of the transaction. */
export function insertInvites(
  tx: Transaction,
  { company, inviter, role, createdAt, expiresAt }: InviteTerms,
  invites: readonly NewInvite[],
): void {
  // As JSON, whose length the planner does not look at: one plan serves all.
  tx.write(sql`
    INSERT INTO invites (id, company_id, inviter_id, email, role, created_at, sent_at, sends, expires_at, token_hash)
    SELECT id, ${company.id}::uuid, ${inviter.id}::uuid, email, ${role}::"Role", ${createdAt}::timestamptz,
      ${createdAt}::timestamptz, sends, ${expiresAt}::timestamptz, "tokenHash"
    FROM jsonb_to_recordset(${JSON.stringify(invites)}::jsonb) AS given(id uuid, email text, "tokenHash" text, sends int)`);
}
