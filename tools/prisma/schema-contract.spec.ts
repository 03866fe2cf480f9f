import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { brokenBy, CONTRACT_FILE, readContract, SchemaContract } from './schema-contract';

let database: TestDatabase;
let client: Client;
let now: SchemaContract;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  now = await readContract(client);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('processes of the former release go on with the schema of this one: migrations only add to what they use', () => {
  const former = SchemaContract.parse(JSON.parse(readFileSync(CONTRACT_FILE, 'utf8')));
  expect(Object.keys(former.tables).length).toBeGreaterThan(20);
  expect(brokenBy(now, former)).toEqual([]);
});

describe('the contract of a release is broken by', () => {
  const after = async (sql: string) => {
    await client.query('BEGIN');
    try {
      await client.query(sql);
      return brokenBy(await readContract(client), now);
    } finally {
      await client.query('ROLLBACK');
    }
  };

  it.each([
    ['a table that is dropped', 'DROP TABLE blocks', 'the table blocks is gone'],
    ['a column that is renamed', 'ALTER TABLE users RENAME time_zone TO zone', 'users.time_zone is gone'],
    [
      'a type that changes',
      'ALTER TABLE users ALTER time_zone TYPE varchar(9)',
      /users.time_zone is character varying\(9\)/,
    ],
    [
      'a value that is demanded',
      'ALTER TABLE companies ALTER name SET DEFAULT 1, ADD x int NOT NULL',
      /companies.x needs a value that/,
    ],
    [
      'a default that is dropped',
      'ALTER TABLE users ALTER time_zone DROP DEFAULT',
      'users.time_zone needs a value, and did not',
    ],
    ['an enum value that is renamed', `ALTER TYPE "Role" RENAME VALUE 'OWNER' TO 'BOSS'`, 'Role has no OWNER any more'],
    [
      'a function with other arguments',
      'ALTER FUNCTION next_event_id RENAME TO next_id',
      /the function next_event_id.* is gone/,
    ],
    [
      'a unique key that is dropped',
      'ALTER TABLE push_subscriptions DROP CONSTRAINT IF EXISTS x; DROP INDEX push_subscriptions_endpoint_key',
      'the unique key push_subscriptions (endpoint) is gone',
    ],
  ])('%s', async (_, sql, fault) => {
    expect((await after(sql)).join('\n')).toMatch(fault);
  });

  it('nothing that is added', async () => {
    const added = `ALTER TABLE users ADD COLUMN age int; ALTER TYPE "Role" ADD VALUE 'GUEST'; CREATE TABLE badges (id int NOT NULL)`;
    expect(await after(added)).toEqual([]);
  });
});
