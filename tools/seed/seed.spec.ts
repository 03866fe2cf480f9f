import { Client } from 'pg';
import { Passwords } from '@convene/auth/passwords';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { devPassword, devUsers, seed } from './seed';

describe('the seed', () => {
  let database: TestDatabase;
  let client: Client;
  const rows = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('makes users who can log in, and a company whose history agrees with its members', async () => {
    expect(await seed(database.url)).toBe(true);

    const users = await rows('SELECT email, password_hash FROM users WHERE email_verified_at IS NOT NULL ORDER BY id');
    expect(users.map(({ email }) => email)).toEqual(devUsers.map(({ email }) => email));
    expect(await new Passwords().verify(String(users[0]?.['password_hash']), devPassword)).toBe(true);
    expect(
      await rows(`SELECT role, from_version, to_version, membership_version FROM membership_periods
                  JOIN memberships USING (company_id, user_id, role) JOIN companies ON companies.id = company_id
                  ORDER BY from_version`),
    ).toEqual([
      { role: 'OWNER', from_version: 1, to_version: null, membership_version: 2 },
      { role: 'MEMBER', from_version: 2, to_version: null, membership_version: 2 },
    ]);
  });

  it('does nothing the second time', async () => {
    await seed(database.url);
    expect(await seed(database.url)).toBe(true);
    expect(await rows('SELECT FROM users')).toHaveLength(devUsers.length);
  });

  it('leaves a database with other users unchanged', async () => {
    await client.query(`INSERT INTO users (id, email, password_hash, display_name)
                        VALUES (gen_random_uuid(), 'someone@example.org', '', 'Someone')`);
    expect(await seed(database.url)).toBe(false);
    expect(await rows('SELECT FROM users')).toHaveLength(1);
    expect(await rows('SELECT FROM companies')).toHaveLength(0);
  });
});
