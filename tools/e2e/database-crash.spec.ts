import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { newKeys } from '@convene/tools/dev/keys';
import { handOver, unprivilegedUser } from '@convene/tools/dev/servers/postgres-user';
import { provideServers } from '@convene/tools/dev/servers/provide';
import type { ServerHandle } from '@convene/tools/dev/servers/server';
import { System } from '@convene/tools/dev/system';
import { runTool } from '@convene/tools/prisma/run-tool';
import { SimulatedUser } from '@convene/tools/simulated-users/simulated-user';

jest.setTimeout(120_000);

const CRASHES = 4;
const CALLERS = 6;

let dir: string;
let postgres: ServerHandle;
let system: System;
let ana: SimulatedUser;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'convene-e2e-crash-'));
  handOver(dir, unprivilegedUser());
  const [own] = await provideServers({ names: ['postgres'], dir, profile: 'test' });
  if (!own) throw new Error('No PostgreSQL of our own to crash');
  postgres = own;
  await postgres.start();
  const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: postgres.url });
  if (code !== 0) throw new Error(output);
  system = await System.start({
    apps: ['api-gateway'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      DATABASE_URL: postgres.url,
      REDIS_URL: (await createTestRedis()).url,
      RABBITMQ_URL: (await createTestVhost()).url,
      RATE_LIMIT_SCALE: '0',
      ...newKeys(),
    },
  });
  ana = new SimulatedUser({ apiUrl: system.app('api-gateway').url, wsUrl: '' }, 'Ana', 'ana@example.com');
  await ana.signUp();
  await ana.logIn();
});
afterAll(async () => {
  await system.stop();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

const CALLS: readonly (readonly [string, string, object?])[] = [
  ['GET', 'me'],
  ['GET', 'notifications'],
  ['GET', 'companies'],
  ['POST', 'companies', { name: 'Acme' }],
  ['POST', 'auth/password/forgot', { email: 'ana@example.com' }],
];

async function call([method, path, body]: (typeof CALLS)[number]) {
  const answer = await fetch(`${system.app('api-gateway').url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${ana.api.token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return `${method} ${path} ${answer.status}${answer.status === 503 ? ` ${answer.headers.get('retry-after') ?? ''}` : ''}`;
}

/** One backend killed is all of them: the server ends them and recovers from its log. */
async function crash(): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'api-gateway' LIMIT 1`,
  );
  if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
  await client.end().catch(() => undefined);
}

it('a crash and recovery of PostgreSQL causes 503 and no other error', async () => {
  const answers = new Map<string, number>();
  let over = false;
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let turn = caller; !over; turn++) {
      const answer = await call(CALLS[turn % CALLS.length]!);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  });
  for (let crashes = 0; crashes < CRASHES; crashes++) {
    await wait(1_500);
    // While it recovers there is nothing to kill.
    await crash().catch(() => undefined);
  }
  await wait(1_500);
  over = true;
  await Promise.all(callers);
  const wrong = [...answers].filter(([answer]) => !/ 20[0-9]$| 503 1$/.test(answer));
  expect(wrong).toEqual([]);
  expect([...answers.keys()].some((answer) => / 503 /.test(answer))).toBe(true);
  for (const each of CALLS) expect(await call(each)).toMatch(/ 20[0-9]$/);
});
