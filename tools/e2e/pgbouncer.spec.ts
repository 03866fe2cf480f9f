import { Client } from 'pg';
import { debianProgram } from '@convene/testing/debian-program';
import { roleOf, roleUrl } from '@convene/testing/role-url';
import { createTestDatabase } from '@convene/testing/test-database';
import { apps } from '@convene/tools/dev/apps';
import { Pgbouncer } from '@convene/tools/fleet/servers/pgbouncer';
import { TestSystem } from './test-support/test-system';

/** Of each process; five of them want more than PgBouncer has. */
const CLIENTS_PER_PROCESS = 8;
const SERVER_CONNECTIONS = 6;
const ROLES = apps.map(({ name }) => roleOf(name)).sort();
const PAIRS = 4;
const WRITES = 24;

const program = debianProgram('pgbouncer');

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
    const pgbouncer = await Pgbouncer.start(program!, database.url, [`max_db_connections = ${SERVER_CONNECTIONS}`]);
    const options = `connection_limit=${CLIENTS_PER_PROCESS}&pool_timeout=60&pgbouncer=true`;
    const ports = async () =>
      (await pgbouncer.console<{ local_port: number }>('SHOW SERVERS')).map(({ local_port }) => local_port);
    try {
      await TestSystem.with({ database, databaseUrl: `${pgbouncer.url}?${options}` }, async (system) => {
        const pairs = await system.connectPairs(PAIRS);
        await Promise.all(Array.from({ length: WRITES }, () => pairs.write()));
        const clients = await pgbouncer.console<{ user: string }>('SHOW CLIENTS');
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
