import { InboxRows } from '@convene/testing/inbox-rows';
import { type BenchUser, insertUsers } from '../realtime/client-group';

export interface Company {
  readonly id: string;
  readonly owner: BenchUser;
  /** All others, in order of their ids. */
  readonly members: readonly BenchUser[];
}

export async function insertCompany(databaseUrl: string, signingKey: string, members: number): Promise<Company> {
  const { people, companyId } = await insertUsers(databaseUrl, signingKey, members + 1);
  const [owner, ...others] = people as [BenchUser, ...BenchUser[]];
  const rows = await InboxRows.connect(databaseUrl);
  try {
    await rows.query(`UPDATE memberships SET role = 'OWNER' WHERE company_id = $1 AND user_id = $2`, [
      companyId,
      owner.userId,
    ]);
    await rows.query(
      `INSERT INTO membership_periods (company_id, user_id, from_version, role)
       SELECT company_id, user_id, 1, role FROM memberships WHERE company_id = $1`,
      [companyId],
    );
    await rows.query('ANALYZE');
  } finally {
    await rows.end();
  }
  return { id: companyId, owner, members: others };
}

/** Each member has each message once, numbered without a gap. @throws for a member who has not. */
export async function requireWholeInboxes(databaseUrl: string, company: Company, messages: number): Promise<void> {
  const rows = await InboxRows.connect(databaseUrl);
  const found = await rows.query(
    `SELECT rows, seqs, last, count(*)::int AS members FROM (
       SELECT count(*)::int AS rows, count(DISTINCT seq)::int AS seqs, max(seq)::int AS last FROM notifications
       WHERE company_id = $1 GROUP BY recipient_user_id) AS inbox GROUP BY 1, 2, 3`,
    [company.id],
  );
  await rows.end();
  const [first, ...others] = found as { rows: number; seqs: number; last: number; members: number }[];
  const whole =
    others.length === 0 &&
    first?.members === company.members.length &&
    [first.rows, first.seqs, first.last].every((count) => count === messages);
  if (!whole) throw new Error(`${messages} messages to ${company.members.length}: ${JSON.stringify(found)}`);
}
