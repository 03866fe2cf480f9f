import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { findProgram } from '@convene/testing/find-program';
import { freePort } from '@convene/testing/ports';
import { PrivateRedis, redisProgram } from '@convene/testing/private-redis';
import { tempDir } from '@convene/testing/temp-dir';
import { newKeys } from '@convene/tools/dev/keys';
import { postgresBin } from '@convene/tools/dev/servers/postgres';
import { handOver, unprivilegedUser } from '@convene/tools/dev/servers/postgres-user';
import { privateServer } from '@convene/tools/dev/servers/provide';
import type { ServerHandle, ServerName } from '@convene/tools/dev/servers/server';
import { System } from '@convene/tools/dev/system';
import { TestAuthority, tlsStatements } from './test-support/test-authority';

jest.setTimeout(240_000);

/** Of Redis, and in the URL of PostgreSQL, which needs none. */
const PASSWORD = 'never-to-be-logged';

type Status = Record<ServerName, 'ok' | 'down'>;
const ALL = (status: 'ok' | 'down'): Status => ({ postgres: status, rabbitmq: status, redis: status });

/** Where a program is missing, such as with containers, the specs that start servers of their own are skipped. */
const installed = redisProgram && postgresBin() && findProgram('rabbitmq-server', ['/usr/lib/rabbitmq/bin']);
const check = installed ? it : it.skip;

let authority: TestAuthority;
let postgres: ServerHandle;
let rabbitmq: ServerHandle;
let redis: PrivateRedis;
let urls: Record<'DATABASE_URL' | 'REDIS_URL' | 'RABBITMQ_URL', string>;

/** Servers of our own that speak TLS, with a certificate for `localhost` and for no address. */
beforeAll(async () => {
  if (!installed) return;
  const dir = tempDir('tls');
  handOver(dir, unprivilegedUser());
  authority = new TestAuthority(tempDir('ca'));
  const { certFile, keyFile } = authority.issue('localhost');
  const [amqpsPort, redissPort] = [await freePort(), await freePort()];
  const rabbitmqConfig = `
listeners.ssl.1 = 127.0.0.1:${amqpsPort}
ssl_options.certfile = ${certFile}
ssl_options.keyfile = ${keyFile}
ssl_options.verify = verify_none
`;
  const own = async (name: ServerName) => {
    const server = await privateServer(name, { dir, profile: 'test', rabbitmqConfig });
    if (!server) throw new Error(`${name} cannot be started`);
    return server;
  };
  [postgres, rabbitmq] = [await own('postgres'), await own('rabbitmq')];
  const tls = ['--tls-port', String(redissPort), '--tls-cert-file', certFile, '--tls-key-file', keyFile];
  [redis] = await Promise.all([
    PrivateRedis.start(...tls, '--tls-ca-cert-file', authority.caFile, '--tls-auth-clients', 'no'),
    postgres.start().then(() => givePostgres('localhost')),
    rabbitmq.start(),
  ]);
  const { port } = new URL(postgres.url);
  urls = {
    DATABASE_URL: `postgresql://convene:${PASSWORD}@localhost:${port}/convene?sslmode=verify-full`,
    REDIS_URL: `rediss://default:${PASSWORD}@localhost:${redissPort}`,
    RABBITMQ_URL: `amqps://guest:guest@localhost:${amqpsPort}`,
  };
});
afterAll(async () => {
  if (!installed) return;
  await Promise.all([postgres.stop(), rabbitmq.stop(), redis.kill()]);
});

async function givePostgres(host: string): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  for (const statement of tlsStatements(authority.issue(host))) await client.query(statement);
  await client.end();
}

/** Starts a process, and waits for its health to become this, with what it has logged. */
async function healthOf(env: NodeJS.ProcessEnv, expected: Status): Promise<{ status: Status; log: string }> {
  const lines: string[] = [];
  const system = await System.launch({
    apps: ['api-gateway'],
    onLine: (_, line) => lines.push(line),
    env: { PATH: process.env['PATH'], NODE_ENV: 'test', RATE_LIMIT_SCALE: '0', ...newKeys(), ...urls, ...env },
  });
  const app = system.app('api-gateway');
  try {
    for (const deadline = Date.now() + 40_000; ; await wait(100)) {
      const status = await statusOf(app.internalUrl).catch(() => undefined);
      const isExpected = JSON.stringify(status) === JSON.stringify(expected);
      if (status && (isExpected || Date.now() > deadline)) return { status, log: lines.join('\n') };
      if (!app.isRunning) throw new Error(`The process ended:\n${lines.join('\n')}`);
    }
  } finally {
    await system.stop();
  }
}

async function statusOf(url: string): Promise<Status> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
  const { checks } = (await answer.json()) as { checks: Record<string, { status: 'ok' | 'down' }> };
  const of = (name: string) => checks[name]?.status ?? 'down';
  return { postgres: of('postgresql'), rabbitmq: of('rabbitmq'), redis: of('redis') };
}

const TRUSTED = () => ({ NODE_EXTRA_CA_CERTS: authority.caFile });

check('an authority of NODE_EXTRA_CA_CERTS is trusted for all three servers', async () => {
  expect(await healthOf(TRUSTED(), ALL('ok'))).toMatchObject({ status: ALL('ok') });
});

check('an authority of sslrootcert is trusted for PostgreSQL alone; without one no server is', async () => {
  const DATABASE_URL = `${urls.DATABASE_URL}&sslrootcert=${authority.caFile}`;
  const expected = { ...ALL('down'), postgres: 'ok' as const };
  const { status, log } = await healthOf({ DATABASE_URL }, expected);
  expect(status).toEqual(expected);
  expect(log).not.toContain(PASSWORD);
  const untrusted = await healthOf({}, ALL('down'));
  expect(untrusted.status).toEqual(ALL('down'));
  expect(untrusted.log).not.toContain(PASSWORD);
});

check('a server is refused under a host name that its certificate does not have', async () => {
  await givePostgres('other.example');
  const byAddress = (url: string) => url.replace('@localhost', '@127.0.0.1');
  const env = { REDIS_URL: byAddress(urls.REDIS_URL), RABBITMQ_URL: byAddress(urls.RABBITMQ_URL) };
  const { status, log } = await healthOf({ ...TRUSTED(), ...env }, ALL('down'));
  expect(status).toEqual(ALL('down'));
  expect(log).not.toContain(PASSWORD);
});
