import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { debianProgram, type Program } from '@convene/testing/debian-program';
import { freePort } from '@convene/testing/ports';
import { tempDir } from '@convene/testing/temp-dir';
import { createTestDatabase } from '@convene/testing/test-database';
import { Child } from '@convene/tools/dev/child-process';
import { handOver, unprivilegedUser } from '@convene/tools/dev/servers/postgres-user';
import { TestSystem } from './test-support/test-system';

const CONFIGURATION = resolve(__dirname, '../../deploy/pgbouncer');
const READY_TIMEOUT_MS = 10_000;
/** Of each process; five of them want more than PgBouncer has. */
const CLIENTS_PER_PROCESS = 8;
const SERVER_CONNECTIONS = 6;
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
      `listen_port = ${port}\ndefault_pool_size = ${SERVER_CONNECTIONS}\nreserve_pool_size = 0`,
    );
  writeFileSync(join(dir, 'site/databases.ini'), databases);
  writeFileSync(join(dir, 'site/userlist.txt'), `"${username}" "${password}"\n`);
  handOver(dir, user);
  const child = await Child.spawn({
    program: path,
    args: ['pgbouncer.ini'],
    env,
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
  return { url, stop: () => child.stop() };
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
    try {
      await TestSystem.with({ database, env: { DATABASE_URL: `${pgbouncer.url}?${options}` } }, async (system) => {
        const pairs = await system.connectPairs(PAIRS);
        await Promise.all(Array.from({ length: WRITES }, () => pairs.write()));
        await system.quiet();
        await pairs.settled(30_000);
        expect(await system.faults(pairs)).toEqual([]);
        const [{ connections }] = (await query<{ connections: number }>(
          database.url,
          `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = current_database() AND application_name <> ''`,
        )) as [{ connections: number }];
        expect(connections).toBeGreaterThan(0);
        expect(connections).toBeLessThanOrEqual(SERVER_CONNECTIONS);
        const settings = ['jit', 'random_page_cost', 'statement_timeout'].map((name) =>
          query(pgbouncer.url, `SHOW ${name}`),
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
  });
});
