import { Client } from 'pg';
import { Passwords } from '@convene/auth/passwords';
import { newId } from '@convene/prisma/ids';

/** For development only, and printed by `npm start`. */
export const devPassword = 'convene-dev-password';

export const devUsers = [
  { email: 'ana@convene.test', name: 'Ana', role: 'OWNER' },
  { email: 'bo@convene.test', name: 'Bo', role: 'MEMBER' },
  { email: 'cy@convene.test', name: 'Cy', role: undefined },
] as const;

/**
 * Gives an empty database users to log in as: Ana owns a company, Bo is its member, Cy is not. A database with users is left
 * unchanged. Resolves to whether the development users are there.
 */
export async function seed(databaseUrl: string): Promise<boolean> {
  const passwordHash = await new Passwords().hash(devPassword);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<{ email: string }>('SELECT email FROM users ORDER BY id LIMIT 1');
    if (rows.length === 0) await insert(client, passwordHash);
    await client.query('COMMIT');
    return rows.length === 0 || rows[0]?.email === devUsers[0].email;
  } finally {
    await client.end();
  }
}

async function insert(client: Client, passwordHash: string): Promise<void> {
  const companyId = newId();
  await client.query('INSERT INTO companies (id, name) VALUES ($1, $2)', [companyId, 'Acme']);
  for (const { email, name, role } of devUsers) {
    const userId = newId();
    await client.query(
      `INSERT INTO users (id, email, email_verified_at, password_hash, display_name, active_company_id)
       VALUES ($1, $2, now(), $3, $4, $5)`,
      [userId, email, passwordHash, name, role ? companyId : null],
    );
    if (!role) continue;
    await client.query('INSERT INTO memberships (company_id, user_id, role) VALUES ($1, $2, $3)', [
      companyId,
      userId,
      role,
    ]);
    // Each membership makes a version of the company, and its period begins with it (see add-member.ts).
    await client.query(
      `WITH version AS (
         UPDATE companies SET membership_version = membership_version + 1 WHERE id = $1 RETURNING membership_version
       )
       INSERT INTO membership_periods (company_id, user_id, role, from_version)
       SELECT $1, $2, $3, membership_version FROM version`,
      [companyId, userId, role],
    );
  }
}
