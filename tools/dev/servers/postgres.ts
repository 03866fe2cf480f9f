import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@convene/testing/find-program';
import { handOver, reachableDir, unprivilegedUser } from './postgres-user';
import { portsOf, PrivateServer } from './private-server';
import { postgresFlags, type ServerOptions } from './server';

/** The folder of PostgreSQL's programs, which Debian keeps out of the PATH. */
export function postgresBin(): string | undefined {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const initdb = findProgram(
    'initdb',
    versions.map((version) => join(base, version, 'bin')),
  );
  return initdb && dirname(initdb);
}

const CREATE = `
"$0/initdb" -D "$1" -U convene --auth=trust -E UTF8 --locale=${process.platform === 'linux' ? 'C.UTF-8' : 'C'} --no-sync &&
echo 'CREATE DATABASE convene' | "$0/postgres" --single -D "$1" postgres`;

export async function privatePostgres(wanted: string, { profile }: ServerOptions): Promise<PrivateServer | undefined> {
  const bin = postgresBin();
  if (!bin) return undefined;
  const user = unprivilegedUser();
  const dir = reachableDir(wanted, user);
  const data = join(dir, 'data');
  const as = { ...user, cwd: '/' };
  handOver(dir, user);
  const [port] = await portsOf(dir);
  const where = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  return new PrivateServer(dir, port, {
    name: 'postgres',
    program: join(bin, 'postgres'),
    args: ['-D', data, ...postgresFlags(profile, where)],
    ...as,
    stopSignal: 'SIGINT', // "fast": ends sessions, checkpoints, exits
    async prepare() {
      if (existsSync(join(data, 'PG_VERSION'))) return;
      mkdirSync(data, { recursive: true });
      handOver(data, user);
      await promisify(execFile)('/bin/sh', ['-c', CREATE, bin, data], as);
    },
  });
}
