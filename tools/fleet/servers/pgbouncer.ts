import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { Program } from '@convene/testing/debian-program';
import { freePort } from '@convene/testing/ports';
import { roleOf } from '@convene/testing/role-url';
import { tempDir } from '@convene/testing/temp-dir';
import { apps } from '../../dev/apps';
import { Child } from '../../dev/child-process';
import { handOver, unprivilegedUser } from '../../dev/servers/postgres-user';

const CONFIGURATION = resolve(__dirname, '../../../deploy/pgbouncer');
const READY_TIMEOUT_MS = 10_000;

/** PgBouncer with our configuration, in front of a database with the roles of the apps. */
export class Pgbouncer {
  private constructor(
    /** As the owner of the database. */
    readonly url: string,
    private readonly child: Child,
    private readonly writeDatabase: (databaseUrl: string) => void,
  ) {}

  /** Our configuration as it is, with the address and the users of the database, and what `databases.ini` may say beside it. */
  static async start(
    { path, env }: Program,
    databaseUrl: string,
    settings: readonly string[] = [],
  ): Promise<Pgbouncer> {
    const { username, password, pathname } = new URL(databaseUrl);
    const [dir, port, user] = [tempDir('pgbouncer'), await freePort(), unprivilegedUser()];
    cpSync(CONFIGURATION, dir, { recursive: true });
    const file = join(dir, 'site/databases.ini');
    const template = readFileSync(file, 'utf8');
    const more = [...settings, `stats_users = ${username}`, `admin_users = ${username}`];
    const writeDatabase = (url: string) => {
      const { hostname, port: databasePort } = new URL(url);
      const text = template
        .replace(/^convene = host=postgres port=5432/m, `${pathname.slice(1)} = host=${hostname} port=${databasePort}`)
        .replace(/^listen_addr = .*/m, 'listen_addr = 127.0.0.1')
        .replace(/^listen_port = .*/m, [`listen_port = ${port}`, ...more].join('\n'));
      writeFileSync(file, text);
    };
    writeDatabase(databaseUrl);
    const users = [username, ...apps.map(({ name }) => roleOf(name))].map((name) => `"${name}" "${password}"\n`);
    writeFileSync(join(dir, 'site/userlist.txt'), users.join(''));
    handOver(dir, user);
    // Its user may not be able to enter the clone (below /root, say), where the program was unpacked: links of libraries lead to the copy.
    const copy = join(dir, 'pgbouncer');
    cpSync(path, copy);
    const libraries = join(dir, 'lib');
    for (const from of env['LD_LIBRARY_PATH']?.split(':') ?? [])
      if (from) cpSync(from, libraries, { recursive: true, verbatimSymlinks: true });
    const child = await Child.spawn({
      program: copy,
      args: ['pgbouncer.ini'],
      env: { ...env, LD_LIBRARY_PATH: libraries },
      ...user,
      cwd: dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr?.on('data', (data: Buffer) => (log = (log + data.toString()).slice(-2_000)));
    const url = `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}`;
    const isReady = () =>
      ask(url, 'SELECT 1').then(
        () => true,
        () => false,
      );
    await child.until(isReady, READY_TIMEOUT_MS).catch((error: unknown) => {
      throw new Error(`PgBouncer does not start: ${log}`, { cause: error });
    });
    return new Pgbouncer(url, child, writeDatabase);
  }

  /** Asks its console, for example `SHOW POOLS`. */
  console<Row>(command: string): Promise<Row[]> {
    const url = new URL(this.url);
    url.pathname = '/pgbouncer';
    return ask<Row>(url.href, command);
  }

  /** As an operator does after a failover: `databases.ini` names another server, and is read again. */
  async leadTo(databaseUrl: string): Promise<void> {
    this.writeDatabase(databaseUrl);
    await this.console('RELOAD');
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }
}

async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
