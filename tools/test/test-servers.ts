import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrate } from '../prisma/migrate';
import { identify } from '../process/identity';
import type { Origin } from '../servers/origins';
import { provideServers } from '../servers/provide';
import type { ServerName } from '../servers/server';

/** Where specs find the servers. Set by the person (a CI with services of its own) or by us; never DATABASE_URL and friends. */
const variables: Record<ServerName, string> = {
  postgres: 'CONVENE_TEST_DATABASE_URL',
  redis: 'CONVENE_TEST_REDIS_URL',
  rabbitmq: 'CONVENE_TEST_RABBITMQ_URL',
};

/** One per spec file that talks to RabbitMQ; each costs about 40 ms of boot. */
const VHOSTS = 48;

const prefix = 'convene-test-';

export interface TestServersOptions {
  /** More than one run needs, for servers that outlive it. */
  vhosts?: number;
  origins?: readonly Origin[];
  tell?: (line: string) => void;
}

/** Starts what is needed and not there, migrates the template database, and exports the URLs. Resolves to what ends it all. */
export async function provideTestServers(needed: ServerName[], options: TestServersOptions = {}) {
  removeAbandoned();
  const { vhosts = VHOSTS } = options;
  const dir = join(tmpdir(), `${prefix}${process.pid}`);
  const names = needed.filter((name) => !process.env[variables[name]]);
  const root = resolve(__dirname, '../..');
  if (names.length > 0) mkdirSync(dir, { recursive: true, mode: 0o755 });
  const servers = await provideServers({ names, root, dir, profile: 'test', ...options, vhosts });
  await Promise.all(servers.map((server) => server.start()));
  for (const { name, url } of servers) process.env[variables[name]] = url;
  if (names.includes('rabbitmq')) process.env['CONVENE_TEST_VHOSTS'] = String(vhosts);
  if (needed.includes('postgres')) await migrate(templateUrl());
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(dir, { recursive: true, force: true });
  };
}

function templateUrl(): string {
  const url = new URL(process.env[variables.postgres] as string);
  url.pathname = '/convene_template';
  return url.href;
}

/** Directories of runs that were killed: their servers died with them, the files are still there. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    if (pid && !identify(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
