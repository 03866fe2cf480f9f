import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../prisma/migrate';
import { provideServers } from './servers/provide';
import type { ServerName } from './servers/server';

/** Where specs find the servers. Set by the caller (a CI with services of its own) or below; never DATABASE_URL and the like. */
const variables: Record<ServerName, string> = {
  postgres: 'CONVENE_TEST_DATABASE_URL',
  redis: 'CONVENE_TEST_REDIS_URL',
  rabbitmq: 'CONVENE_TEST_RABBITMQ_URL',
};

/** One per spec file that talks to RabbitMQ; each costs about 40 ms of boot. */
const VHOSTS = 48;

const PREFIX = 'convene-test-';

/** Where the private servers of this process keep their data and the files that name their pids. */
export const testServersDir = join(tmpdir(), `${PREFIX}${process.pid}`);

/** Starts the needed servers that no variable names, migrates the template database, and exports the URLs. Resolves to what stops them. */
export async function provideTestServers(names: ServerName[], way?: string): Promise<() => Promise<void>> {
  removeAbandoned();
  if (names.length > 0) mkdirSync(testServersDir, { recursive: true, mode: 0o755 });
  const where = { names, variables, dir: testServersDir, way };
  const servers = await provideServers({ ...where, profile: 'test', vhosts: VHOSTS });
  await Promise.all(servers.map((server) => server.start()));
  for (const { name, url } of servers) process.env[variables[name]] = url;
  process.env['CONVENE_TEST_VHOSTS'] ??= String(VHOSTS);
  if (names.includes('postgres')) await migrate(templateUrl());
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(testServersDir, { recursive: true, force: true });
  };
}

function templateUrl(): string {
  const url = new URL(process.env[variables.postgres] as string);
  url.pathname = '/convene_template';
  return url.href;
}

/** Directories of runs that were killed: their servers ended with them, the files are still there. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : NaN;
    if (pid && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
