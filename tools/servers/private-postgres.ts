import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Programs } from './programs';
import type { Recipe } from './private-server';
import { Remediable, type Profile } from './server';
import { handOver, type User } from './unprivileged';

const run = promisify(execFile);

/**
 * fsync off (tests) loses data only with the operating system, never with a process: what was written is in the
 * system's cache. synchronous_commit stays on in both, because its loss would show after a kill -9.
 */
const settings: Record<Profile, Record<string, string>> = {
  dev: { max_connections: '200' },
  test: { max_connections: '400', fsync: 'off', full_page_writes: 'off', checkpoint_timeout: '30min' },
};

export function postgresRecipe(dir: string, programs: Programs['postgres'], profile: Profile, user?: User): Recipe {
  const data = join(dir, 'data');
  const options = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings[profile] };
  const as = user ?? {};
  return {
    name: 'postgres',
    readyWithinMs: 60_000,
    async prepare() {
      if (existsSync(join(data, 'PG_VERSION'))) return;
      mkdirSync(data, { recursive: true });
      handOver(data, user);
      const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
      const args = ['-D', data, '-U', 'convene', '--auth=trust', '-E', 'UTF8', `--locale=${locale}`, '--no-sync'];
      await run(programs.initdb, args, { ...as, cwd: '/' }).catch((error: Error & { stderr?: string }) => {
        throw new Remediable(`PostgreSQL's initdb failed in ${data}: ${error.stderr ?? String(error)}`);
      });
    },
    command: (port) => ({
      program: programs.postgres,
      args: ['-D', data, '-p', String(port), ...Object.entries(options).map(([key, value]) => `--${key}=${value}`)],
      ...as,
      cwd: '/',
      stopSignal: 'SIGINT', // "fast": ends sessions, checkpoints, exits
    }),
    isReady: hasDatabase,
    url: (port) => `postgresql://convene:convene@127.0.0.1:${port}/convene`,
  };
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
