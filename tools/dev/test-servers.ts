import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyGrants, ensureRoles } from '../prisma/grants';
import { migrate } from '../prisma/migrate';
import { leash } from './child-process';
import { provideServers } from './servers/provide';
import type { ServerName } from './servers/server';

/** Where specs find the servers. Set by the caller (a CI with services of its own) or below; never DATABASE_URL and the like. */
const variables: Record<ServerName, string> = {
  postgres: 'CONVENE_TEST_DATABASE_URL',
  redis: 'CONVENE_TEST_REDIS_URL',
  rabbitmq: 'CONVENE_TEST_RABBITMQ_URL',
};

/** One per spec file that talks to RabbitMQ; each costs about 40 ms of boot. */
const VHOSTS = 120;

/** Where the private servers of this process keep their data and the files that name their pids. */
export const testServersDir = join(tmpdir(), `convene-test-${process.pid}`);

/** Starts the needed servers that no variable names, migrates the template database, and exports the URLs. Resolves to what stops them. */
export async function provideTestServers(names: ServerName[], way?: string): Promise<() => Promise<void>> {
  if (names.length > 0) mkdirSync(testServersDir, { recursive: true, mode: 0o755 });
  const where = { names, variables, dir: testServersDir, way };
  const servers = await provideServers({ ...where, profile: 'test', vhosts: VHOSTS });
  // When this process is killed, its servers end on their leashes, and then their data goes.
  const release = leash(`sleep 15; rm -rf '${testServersDir}'`);
  await Promise.all(servers.map((server) => server.start()));
  for (const { name, url } of servers) process.env[variables[name]] = url;
  process.env['CONVENE_TEST_VHOSTS'] ??= String(VHOSTS);
  if (names.includes('postgres')) await prepareDatabase(templateUrl());
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(testServersDir, { recursive: true, force: true });
    release();
  };
}

/** Migrates a database, and lets the apps log in with the password of the server's own user. Copies of it have its grants. */
export async function prepareDatabase(url: string): Promise<void> {
  await migrate(url);
  await ensureRoles(url, decodeURIComponent(new URL(url).password));
  await applyGrants(url);
}

function templateUrl(): string {
  const url = new URL(process.env[variables.postgres] as string);
  url.pathname = '/convene_template';
  return url.href;
}
