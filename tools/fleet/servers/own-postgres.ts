import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../dev/child-process';
import { postgresBin } from '../../dev/servers/postgres';
import { handOver, unprivilegedUser, type User } from '../../dev/servers/postgres-user';
import { provideServers } from '../../dev/servers/provide';
import { postgresFlags, type ServerHandle } from '../../dev/servers/server';
import { runTool } from '../../prisma/run-tool';

/** A PostgreSQL of our own, which may be ended, and what is needed to run other servers beside it. */
export interface OwnPostgres {
  readonly dir: string;
  /** The folder of the programs. */
  readonly bin: string;
  /** Whom the programs run as; undefined for ourselves. */
  readonly user: User | undefined;
  readonly primary: ServerHandle;
}

/** Started, and empty: see `migrateOwn`. */
export async function startOwnPostgres(name: string): Promise<OwnPostgres> {
  const bin = postgresBin();
  if (!bin) throw new Error('This needs the programs of PostgreSQL on this machine');
  const dir = mkdtempSync(join(tmpdir(), `convene-${name}-`));
  const user = unprivilegedUser();
  handOver(dir, user);
  const [primary] = await provideServers({ names: ['postgres'], dir, profile: 'test' });
  if (!primary) throw new Error('No PostgreSQL of our own');
  await primary.start();
  return { dir, bin, user, primary };
}

/** The schema, and the roles of the apps with their grants. */
export async function migrateOwn({ primary }: OwnPostgres): Promise<void> {
  const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: primary.url }, '--grants');
  if (code !== 0) throw new Error(output);
}

export interface CopyOptions {
  readonly data: string;
  readonly port: number;
  /** As which a standby is known to its primary. */
  readonly name?: string;
}

/** A server on a copy of the primary's data, with the primary's settings: with fewer connections a standby does not start. */
export function runCopy({ bin, user }: OwnPostgres, { data, port, name }: CopyOptions): Promise<Child> {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(name && { cluster_name: name }),
  };
  return Child.spawn({
    program: join(bin, 'postgres'),
    args: ['-D', data, ...postgresFlags('test', settings)],
    ...user,
    cwd: '/',
    stdio: 'ignore',
    stopSignal: 'SIGINT',
  });
}
