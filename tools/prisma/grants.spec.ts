import { Client } from 'pg';
import { v7 } from 'uuid';
import { roleOf } from '@convene/testing/role-url';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { apps } from '../dev/apps';
import { targetOf } from './database';
import { applyGrants, ROLES } from './grants';
import { runTool } from './run-tool';
import { DENIED, RoleClients } from './test-support/role-clients';

jest.setTimeout(60_000);

/** No process reads or writes them: the history of migrations, and the triggers, which need no grant to run. */
const NOBODYS = ['_prisma_migrations', 'note_unreached_inbox'];

const APPS = apps.map(({ name }) => name);
const WORKERS = APPS.filter((name) => name.endsWith('-worker'));

let database: TestDatabase;
let owner: Client;
let roles: RoleClients;
beforeAll(async () => {
  database = await createTestDatabase();
  // A copy has the grants of its template on all but the database itself.
  await applyGrants(database.url);
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  roles = new RoleClients(database.url);
  await owner.query(
    `INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, 'a@example.com', 'h', 'A')`,
    [v7()],
  );
});
afterAll(async () => {
  await roles.end();
  await owner.end();
  await database.drop();
});

it('every app has a role, which is no superuser and owns nothing', async () => {
  expect(ROLES).toEqual(expect.arrayContaining(APPS.map(roleOf)));
  const { rows } = await owner.query(
    `SELECT rolname FROM pg_roles WHERE rolname = ANY($1) AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls
       OR oid IN (SELECT relowner FROM pg_class) OR oid IN (SELECT proowner FROM pg_proc))`,
    [ROLES],
  );
  expect(rows).toEqual([]);
});

it('every table and function of the schema has a grant, or is known as nobody’s', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT relispartition
       AND NOT EXISTS (SELECT FROM unnest($1::text[]) AS role
         WHERE has_table_privilege(role, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
           OR has_any_column_privilege(role, c.oid, 'SELECT, INSERT, UPDATE'))
     UNION ALL
     SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM unnest($1::text[]) AS role WHERE has_function_privilege(role, p.oid, 'EXECUTE'))
     ORDER BY name`,
    [ROLES],
  );
  expect(rows.map(({ name }) => name)).toEqual(NOBODYS);
});

it('nothing is granted to PUBLIC, and no partition to any role', async () => {
  const { rows } = await owner.query(
    `SELECT relname AS name FROM pg_class c, aclexplode(relacl) AS acl
     WHERE relnamespace = 'public'::regnamespace AND (acl.grantee = 0 OR relispartition AND acl.grantee <> relowner)
     UNION ALL
     SELECT proname FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
     WHERE pronamespace = 'public'::regnamespace AND acl.grantee = 0`,
  );
  expect(rows).toEqual([]);
});

it.each([...APPS.filter((app) => app !== 'api-gateway'), 'ops'])('%s cannot read password hashes', async (app) => {
  expect(await roles.refusal(app, 'SELECT password_hash FROM users')).toMatch(DENIED);
  expect(await roles.refusal(app, 'SELECT * FROM users')).toMatch(DENIED);
  expect(await roles.refusal(app, `SELECT count(*) FROM users WHERE password_hash LIKE 'h%'`)).toMatch(DENIED);
});

it('the api-gateway reads password hashes, and the workers the names of users', async () => {
  expect(await roles.as('api-gateway', 'SELECT password_hash AS hash FROM users')).toEqual([{ hash: 'h' }]);
  for (const app of WORKERS)
    expect(await roles.as(app, 'SELECT display_name AS name FROM users')).toEqual([{ name: 'A' }]);
});

it.each([...APPS, 'ops'])('%s cannot change the schema, nor its own rights', async (app) => {
  const statements = [
    'CREATE TABLE mine ()',
    'CREATE TEMPORARY TABLE mine ()',
    'CREATE SCHEMA mine',
    'ALTER TABLE users ADD COLUMN mine text',
    'DROP TABLE users',
    'TRUNCATE sessions',
    'ALTER TABLE domain_events DETACH PARTITION domain_events_default',
    'SELECT * FROM _prisma_migrations',
    'SELECT * FROM domain_events_default',
    'SET ROLE convene',
    `COPY (SELECT 1) TO PROGRAM 'true'`,
  ];
  for (const statement of statements) {
    expect([statement, await roles.refusal(app, statement)]).toEqual([
      statement,
      expect.stringMatching(/permission denied|must be owner|read-only transaction|must be (a )?superuser/),
    ]);
  }
});

it.each(APPS.filter((app) => app !== 'api-gateway'))('%s can neither create nor revive sessions', async (app) => {
  const insert = `INSERT INTO sessions (id, user_id, expires_at) SELECT gen_random_uuid(), id, now() FROM users`;
  expect(await roles.refusal(app, insert)).toMatch(DENIED);
  expect(await roles.refusal(app, 'UPDATE sessions SET revoked_at = NULL')).toMatch(DENIED);
});

it.each(APPS)('%s cannot delete what happened', async (app) => {
  for (const table of ['domain_events', 'inbox', 'users', 'companies', 'sessions', 'membership_periods']) {
    expect(await roles.refusal(app, `DELETE FROM ${table}`)).toMatch(DENIED);
  }
});

it.each([...WORKERS, 'ws-gateway'])('%s cannot change accounts and memberships', async (app) => {
  for (const change of [
    `UPDATE users SET email = 'b@example.com'`,
    `UPDATE memberships SET role = 'OWNER'`,
    `INSERT INTO companies (id, name) VALUES (gen_random_uuid(), 'Mine')`,
    'UPDATE companies SET membership_version = 0',
    'UPDATE invites SET token_hash = NULL',
  ]) {
    expect(await roles.refusal(app, change)).toMatch(DENIED);
  }
});

it('the api-gateway changes the ledger by acts alone: of dead reactions, and of those that an act has taken down', async () => {
  const [act, event] = [v7(), v7()];
  const item = (reaction: string, state: string) =>
    owner.query(
      `INSERT INTO operator_act_items (act_id, event_id, reaction, state, error)
       VALUES ($1, $2, $3, $4::"OperatorActItemState", 'e')`,
      [act, event, reaction, state],
    );
  await owner.query(
    `INSERT INTO operator_acts (id, operator, command, filter, reason) VALUES ($1, 'ana', 'dlq replay', '{}', 'spec')`,
    [act],
  );
  const reactions = [
    'dead taken',
    'dead discarded',
    'dead planned',
    'dead alone',
    'done taken',
    'gone taken',
    'gone planned',
  ];
  for (const reaction of reactions) {
    const [ledger, state = ''] = reaction.split(' ');
    if (state !== 'alone') await item(reaction, state);
    if (ledger === 'gone') continue;
    await owner.query(`INSERT INTO inbox (event_id, reaction, state) VALUES ($1, $2, $3::"ReactionState")`, [
      event,
      reaction,
      ledger,
    ]);
  }
  for (const change of [
    `UPDATE inbox SET state = 'done'`,
    `INSERT INTO inbox (event_id, reaction, state) VALUES (gen_random_uuid(), 'r', 'done')`,
    'DELETE FROM reaction_waits',
  ]) {
    expect(await roles.refusal('api-gateway', change)).toMatch(DENIED);
  }
  const given = `('${act}', (SELECT array_agg('${event}'::uuid) FROM generate_series(1, ${reactions.length})), '{${reactions.join(',')}}')`;
  for (const name of ['take_dead_reactions', 'discard_dead_reactions', 'give_up_reactions']) {
    expect(await roles.refusal('members-worker', `SELECT ${name}${given}`)).toMatch(DENIED);
    await roles.as('api-gateway', `SELECT ${name}${given}`);
  }
  const { rows } = await owner.query(
    `SELECT reaction || ': ' || state AS row FROM inbox WHERE event_id = $1 ORDER BY 1`,
    [event],
  );
  expect(rows.map(({ row }) => row)).toEqual([
    'dead alone: dead',
    'dead discarded: discarded',
    'dead planned: dead',
    // Taken, and given up at once.
    'dead taken: dead',
    'done taken: done',
    'gone taken: dead',
  ]);
  await owner.query('DELETE FROM inbox');
});

it('only the notifications-worker reads addresses and push subscriptions, beside the api-gateway', async () => {
  const readers = async (sql: string) => {
    const found: string[] = [];
    for (const app of [...APPS, 'ops']) if ((await roles.refusal(app, sql)) === 'allowed') found.push(app);
    return found.sort();
  };
  expect(await readers('SELECT email FROM users')).toEqual(['api-gateway', 'notifications-worker']);
  expect(await readers('SELECT keys FROM push_subscriptions')).toEqual(['api-gateway', 'notifications-worker']);
  expect(await readers('SELECT response FROM idempotency_keys')).toEqual(['api-gateway', 'notifications-worker']);
  expect(await readers('SELECT token_hash FROM invites')).toEqual(['api-gateway', 'invites-worker']);
});

it('the notifications-worker makes partitions, which belong to the owner; no other app can', async () => {
  const ensure = 'SELECT ensure_event_partitions(5) AS name';
  expect(await roles.refusal('members-worker', ensure)).toMatch(DENIED);
  const made = (await roles.as<{ name: string }>('notifications-worker', ensure)).map(({ name }) => name);
  expect(made.length).toBeGreaterThan(0);
  const { rows } = await owner.query(
    'SELECT tableowner AS owner, count(*)::int AS n FROM pg_tables WHERE tablename = ANY($1) GROUP BY 1',
    [made],
  );
  expect(rows).toEqual([{ owner: targetOf(database.url).user, n: made.length }]);
});

it('a run revokes what was granted by hand, and what a release no longer grants', async () => {
  await owner.query('GRANT SELECT, DELETE ON users TO convene_members_worker, PUBLIC');
  expect(await roles.refusal('members-worker', 'SELECT password_hash FROM users')).toBe('allowed');
  expect(await applyGrants(database.url)).toBe(true);
  expect(await roles.refusal('members-worker', 'SELECT password_hash FROM users')).toMatch(DENIED);
});

it('simultaneous runs, and a second one, change nothing', async () => {
  const acls = async () =>
    (await owner.query(`SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY 1`)).rows;
  const before = await acls();
  expect(await Promise.all([1, 2, 3].map(() => applyGrants(database.url)))).toEqual([true, true, true]);
  expect(await acls()).toEqual(before);
});

it('a migration applies the grants, and an owner of a part is told that it cannot', async () => {
  expect(await runTool('migrate-cli.ts', { DATABASE_URL: database.url })).toEqual({
    code: 0,
    output: expect.stringContaining('have their grants'),
  });
  await owner.query(`CREATE ROLE spec_part_owner LOGIN PASSWORD 'convene'`);
  try {
    await owner.query('GRANT ALL ON DATABASE ' + targetOf(database.url).database + ' TO spec_part_owner');
    const url = new URL(database.url);
    url.username = 'spec_part_owner';
    await expect(applyGrants(url.href)).rejects.toThrow(/permission denied|run them as the owner/);
  } finally {
    await owner.query('DROP OWNED BY spec_part_owner; DROP ROLE spec_part_owner');
  }
});
