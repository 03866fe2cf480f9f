import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { applyGrants } from './grants';
import { DENIED, RoleClients } from './test-support/role-clients';

let database: TestDatabase;
let owner: Client;
let roles: RoleClients;
beforeAll(async () => {
  database = await createTestDatabase();
  await applyGrants(database.url);
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  roles = new RoleClients(database.url);
});
afterAll(async () => {
  await roles.end();
  await owner.end();
  await database.drop();
});

it('ops reads states and ledgers, and writes nothing', async () => {
  expect(await roles.as('ops', 'SELECT count(id)::int AS n FROM domain_events')).toEqual([{ n: 0 }]);
  expect(await roles.refusal('ops', 'DELETE FROM inbox')).toMatch('read-only transaction');
  expect(await roles.refusal('ops', 'SET TRANSACTION READ WRITE; DELETE FROM inbox')).toMatch(DENIED);
});

it.each([
  'domain_events.payload',
  'audiences.drafts',
  'notifications.params',
  'companies.name',
  'users.email',
  'users.display_name',
  'users.time_zone',
  'invites.email',
  'mail_tokens.email',
  'former_addresses.email',
  'quiet_hours.from_minute',
  'friendships.requester_id',
  'join_requests.user_id',
  'memberships.user_id',
  'sessions.user_agent',
  'push_subscriptions.endpoint',
  'idempotency_keys.scope',
])('ops cannot read %s', async (column) => {
  const [table, name] = column.split('.');
  expect(await roles.refusal('ops', `SELECT ${name} FROM ${table}`)).toMatch(DENIED);
  expect(await roles.refusal('ops', `SELECT * FROM ${table}`)).toMatch(DENIED);
});

it('ops is granted columns by their names, so that a new one stays unread until it is decided', async () => {
  const { rows } = await owner.query(
    `SELECT relname AS name FROM pg_class, aclexplode(relacl) AS acl WHERE acl.grantee = 'convene_ops'::regrole`,
  );
  expect(rows).toEqual([]);
});

/** Remedies, which the owner runs. */
const ACTS = /ensure_event_partitions|pg_terminate_backend/;

it('ops may run every query of the runbooks', async () => {
  const folder = join(__dirname, '../../docs/runbooks');
  const queries = readdirSync(folder).flatMap((file) => {
    const found = readFileSync(join(folder, file), 'utf8').matchAll(/psql "\$DATABASE_URL" -c "(SELECT [^"]+)"/g);
    return [...found].map(([, query = '']) => ({ file, query })).filter(({ query }) => !ACTS.test(query));
  });
  expect(queries.length).toBeGreaterThan(10);
  for (const { file, query } of queries) expect([file, await roles.refusal('ops', query)]).toEqual([file, 'allowed']);
});
