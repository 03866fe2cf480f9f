import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../prisma/migrate';
import { identify } from '../process/identity';
import { privateServer } from '../servers/private';
import { Remediable, type ServerHandle, type ServerName, titles } from '../servers/server';

/** Where specs find the servers. Set by the person (a CI with services of its own) or by us; never DATABASE_URL and friends. */
const variables: Record<ServerName, string> = {
  postgres: 'CONVENE_TEST_DATABASE_URL',
  redis: 'CONVENE_TEST_REDIS_URL',
  rabbitmq: 'CONVENE_TEST_RABBITMQ_URL',
};

/** One per spec file that talks to RabbitMQ; each costs about 40 ms of boot. */
const vhosts = 48;

const prefix = 'convene-test-';

/** Starts what `needed` lacks, migrates the template database, and exports the URLs. Resolves to what stops it all. */
export async function provideTestServers(needed: ServerName[]): Promise<() => Promise<void>> {
  removeAbandoned();
  const dir = join(tmpdir(), `${prefix}${process.pid}`);
  const missing = needed.filter((name) => !process.env[variables[name]]);
  const servers = await Promise.all(missing.map((name) => startOne(name, dir)));
  if (needed.includes('postgres')) await migrate(templateUrl());
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(dir, { recursive: true, force: true });
  };
}

async function startOne(name: ServerName, dir: string): Promise<ServerHandle> {
  mkdirSync(dir, { recursive: true });
  const server = await privateServer(name, { dir, profile: 'test', vhosts });
  if (!server) throw new Remediable(`The tests need ${titles[name]}: install it, or set ${variables[name]}.`);
  await server.start();
  process.env[variables[name]] = server.url;
  if (name === 'rabbitmq') process.env['CONVENE_TEST_VHOSTS'] = String(vhosts);
  return server;
}

function templateUrl(): string {
  const url = new URL(process.env[variables.postgres] as string);
  url.pathname = '/convene_template';
  return url.href;
}

/** Directories of runs that were killed: their servers died with them, the files are still there. */
function removeAbandoned(): void {
  for (const name of existsSync(tmpdir()) ? readdirSync(tmpdir()) : []) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    if (pid && !identify(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
