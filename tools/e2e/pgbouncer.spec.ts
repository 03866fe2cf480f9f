import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { debianProgram, type Program } from '@convene/testing/debian-program';
import { freePort } from '@convene/testing/ports';
import { roleOf, roleUrl } from '@convene/testing/role-url';
import { tempDir } from '@convene/testing/temp-dir';
import { createTestDatabase } from '@convene/testing/test-database';
import { apps } from '@convene/tools/dev/apps';
import { Child } from '@convene/tools/dev/child-process';
import { handOver, unprivilegedUser } from '@convene/tools/dev/servers/postgres-user';
import { TestSystem } from './test-support/test-system';

const CONFIGURATION = resolve(__dirname, '../../deploy/pgbouncer');
const READY_TIMEOUT_MS = 10_000;
/** Of each process; five of them want more than PgBouncer has. */
const CLIENTS_PER_PROCESS = 8;
const SERVER_CONNECTIONS = 6;
const ROLES = apps.map(({ name }) => roleOf(name)).sort();
const PAIRS = 4;
const WRITES = 24;

const program = debianProgram('pgbouncer');

/** Our configuration as it is, with the address and the users of a database of the tests. */
async function startPgbouncer({ path, env }: Program, databaseUrl: string) {
  const { hostname, port: databasePort, username, password, pathname } = new URL(databaseUrl);
  const [dir, port, user] = [tempDir('pgbouncer'), await freePort(), unprivilegedUser()];
  cpSync(CONFIGURATION, dir, { recursive: true });
  const databases = readFileSync(join(dir, 'site/databases.ini'), 'utf8')
    .replace(/^convene = host=postgres port=5432/m, `${pathname.slice(1)} = host=${hostname} port=${databasePort}`)
    .replace(/^listen_addr = .*/m, 'listen_addr = 127.0.0.1')
    .replace(
      /^listen_port = .*/m,
      `listen_port = ${port}\nmax_db_connections = ${SERVER_CONNECTIONS}\nstats_users = ${username}`,
    );
  writeFileSync(join(dir, 'site/databases.ini'), databases);
  const users = [username, ...ROLES].map((name) => `"${name}" "${password}"\n`);
  writeFileSync(join(dir, 'site/userlist.txt'), users.join(''));
  handOver(dir, user);
  // Its user may not be able to enter the clone (below /root, say), where the program was unpacked.
  const copy = join(dir, 'pgbouncer');
  cpSync(path, copy);
  const libraries = join(dir, 'lib');
  for (const from of env['LD_LIBRARY_PATH']?.split(':') ?? []) if (from) cpSync(from, libraries, { recursive: true });
  const child = await Child.spawn({
    program: copy,
    args: ['pgbouncer.ini'],
    env: { ...env, LD_LIBRARY_PATH: libraries },
    ...user,
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (data: Buffer) => (log += data.toString()));
  const url = `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}`;
  const isReady = () =>
    query(url, 'SELECT 1').then(
      () => true,
      () => false,
    );
  await child.until(isReady, READY_TIMEOUT_MS).catch((error: unknown) => {
    throw new Error(`PgBouncer does not start: ${log}`, { cause: error });
  });
  const consoleUrl = new URL(url);
  consoleUrl.pathname = '/pgbouncer';
  return {
    url,
    /** Asks its console, for example `SHOW POOLS`. */
    show: <Row>(what: string) => query<Row>(consoleUrl.href, `SHOW ${what}`),
    stop: () => child.stop(),
  };
}

async function query<Row>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

(program ? describe : describe.skip)('PgBouncer in transaction mode, with our configuration', () => {
  it('brings events from the request to the sockets over fewer connections than the processes open', async () => {
    const database = await createTestDatabase();
    const pgbouncer = await startPgbouncer(program!, database.url);
    const options = `connection_limit=${CLIENTS_PER_PROCESS}&pool_timeout=60&pgbouncer=true`;
    const ports = async () =>
      (await pgbouncer.show<{ local_port: number }>('SERVERS')).map(({ local_port }) => local_port);
    try {
      await TestSystem.with({ database, databaseUrl: `${pgbouncer.url}?${options}` }, async (system) => {
        const pairs = await system.connectPairs(PAIRS);
        await Promise.all(Array.from({ length: WRITES }, () => pairs.write()));
        const clients = await pgbouncer.show<{ user: string }>('CLIENTS');
        await system.quiet();
        await pairs.settled(30_000);
        expect(await system.faults(pairs)).toEqual([]);

        const ofRoles = clients.filter(({ user }) => ROLES.includes(user));
        expect([...new Set(ofRoles.map(({ user }) => user))].sort()).toEqual(ROLES);
        expect(ofRoles.length).toBeGreaterThan(SERVER_CONNECTIONS);

        // Each connection that PostgreSQL has of the roles is one of PgBouncer's, so none goes past it.
        const before = await ports();
        const servers = await system.rows<{ usename: string; client_port: number }>(
          `SELECT usename, client_port FROM pg_stat_activity WHERE datname = current_database() AND usename = ANY($1)`,
          [ROLES],
        );
        const known = [...before, ...(await ports())];
        expect(servers.filter(({ client_port }) => !known.includes(client_port))).toEqual([]);
        expect(servers.length).toBeGreaterThan(0);
        expect(servers.length).toBeLessThanOrEqual(SERVER_CONNECTIONS);

        const settings = ['jit', 'random_page_cost', 'statement_timeout'].map((name) =>
          query(roleUrl(pgbouncer.url, 'api-gateway'), `SHOW ${name}`),
        );
        expect(await Promise.all(settings)).toEqual([
          [{ jit: 'off' }],
          [{ random_page_cost: '1.1' }],
          [{ statement_timeout: '30s' }],
        ]);
      });
    } finally {
      await pgbouncer.stop();
    }
  }, 90_000);
});
