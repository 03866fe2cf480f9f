import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ServerName } from './server';

/** What each private server is made of. */
export interface Programs {
  postgres: { postgres: string; initdb: string };
  redis: { server: string };
  rabbitmq: { server: string; epmd: string };
}

/**
 * Debian keeps PostgreSQL's programs out of the PATH, and its /usr/sbin/rabbitmq-server is a wrapper that switches
 * user: the real ones are looked for first.
 */
export function findPrograms(): { [name in ServerName]?: Programs[name] } {
  const versions = list('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  const postgresDirs = [...versions.map((version) => `/usr/lib/postgresql/${version}/bin`), ...pathDirs()];
  const bin = postgresDirs.find((dir) => isProgram(join(dir, 'postgres')) && isProgram(join(dir, 'initdb')));
  const redis = find('redis-server', pathDirs());
  const rabbitmq = find('rabbitmq-server', ['/usr/lib/rabbitmq/bin', ...pathDirs()]);
  const epmd = find('epmd', pathDirs());
  return {
    ...(bin && { postgres: { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') } }),
    ...(redis && { redis: { server: redis } }),
    ...(rabbitmq && epmd && { rabbitmq: { server: rabbitmq, epmd } }),
  };
}

function pathDirs(): string[] {
  const usual = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];
  return [...(process.env['PATH'] ?? '').split(delimiter), ...usual];
}

export function find(name: string, dirs = pathDirs()): string | undefined {
  return dirs.map((dir) => join(dir, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const list = (dir: string) => (existsSync(dir) ? readdirSync(dir) : []);
