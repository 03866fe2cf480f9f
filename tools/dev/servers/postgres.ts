import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findProgram } from '@convene/testing/find-program';
import { UserError } from '../terminal';
import { handOver, reachableDir, unprivilegedUser } from './postgres-user';
import { PrivateServer } from './private-server';
import { postgresSettings, type Profile } from './server';

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

export async function privatePostgres(wanted: string, profile: Profile): Promise<PrivateServer | undefined> {
  const bin = postgresBin();
  if (!bin) return undefined;
  const user = unprivilegedUser();
  const dir = reachableDir(wanted, user);
  const data = join(dir, 'data');
  const as = { ...user, cwd: '/' };
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...postgresSettings[profile] };
  handOver(dir, user);
  return PrivateServer.in(dir, {
    name: 'postgres',
    readyWithinMs: 60_000,
    async prepare() {
      if (existsSync(join(data, 'PG_VERSION'))) return;
      mkdirSync(data, { recursive: true });
      handOver(data, user);
      const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
      const args = ['-D', data, '-U', 'convene', '--auth=trust', '-E', 'UTF8', `--locale=${locale}`, '--no-sync'];
      await promisify(execFile)(join(bin, 'initdb'), args, as).catch((error: Error & { stderr?: string }) => {
        throw new UserError(`PostgreSQL's initdb failed in ${data}: ${error.stderr ?? String(error)}`);
      });
    },
    command: (port) => ({
      program: join(bin, 'postgres'),
      args: ['-D', data, '-p', String(port), ...Object.entries(settings).map(([key, value]) => `--${key}=${value}`)],
      ...as,
      stopSignal: 'SIGINT', // "fast": ends sessions, checkpoints, exits
    }),
    isReady: hasDatabase,
  });
}

/** Ready means: it answers, and the database `convene` exists (created on the first start). */
async function hasDatabase(port: number): Promise<boolean> {
  const client = new Client({ host: '127.0.0.1', port, user: 'convene', database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'convene'`);
    if (!rowCount) await client.query('CREATE DATABASE convene');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
