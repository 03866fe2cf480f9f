import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEntryView, CompanyView } from '@convene/contracts/http/companies';
import type { Page } from '@convene/contracts/http/paging';
import { replica } from '@convene/operations/doctor/checks/replica';
import { Database } from '@convene/prisma/database/database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { newKeys } from '@convene/tools/dev/keys';
import { System } from '@convene/tools/dev/system';
import { PostgresCluster } from '@convene/tools/fleet/servers/postgres-cluster';
import { ApiClient } from '@convene/tools/simulated-users/api-client';
import { SimulatedUser } from '@convene/tools/simulated-users/simulated-user';

/** A real standby of a real primary, in front of it two api-gateways as processes. */
let postgres: PostgresCluster;
let system: System;
let servers: { readonly database: Database; readonly replica: Database };
let ana: SimulatedUser[];
let company: CompanyView;
beforeAll(async () => {
  postgres = await PostgresCluster.start();
  system = await System.start({
    apps: ['api-gateway'],
    instances: { 'api-gateway': 2 },
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      DATABASE_URL: postgres.primaryUrl,
      DATABASE_READ_REPLICA_URL: postgres.replicaUrl,
      REDIS_URL: (await createTestRedis()).url,
      RABBITMQ_URL: (await createTestVhost()).url,
      RATE_LIMIT_SCALE: '0',
      ...newKeys(),
    },
  });
  const [database, standby] = [postgres.primaryUrl, postgres.replicaUrl].map((databaseUrl) => {
    return new Database({ databaseUrl, applicationName: 'spec' });
  }) as [Database, Database];
  servers = { database, replica: standby };
  ana = [1, 2].map((instance) => {
    const apiUrl = system.app('api-gateway', instance).url;
    return new SimulatedUser({ apiUrl, wsUrl: '' }, 'Ana', 'ana@example.com');
  });
  await ana[0]!.signUp();
  await ana[0]!.logIn();
  ana[1]!.api.token = ana[0]!.api.token;
  company = await ana[0]!.api.post<CompanyView>('companies', { name: 'Acme', isPublic: true });
});
afterAll(async () => {
  await system.stop();
  await servers.database.onApplicationShutdown();
  await servers.replica.onApplicationShutdown();
  await postgres.stop();
});

const types = async (instance: number) =>
  (await ana[instance]!.api.get<Page<AuditEntryView>>(`companies/${company.id}/audit`)).data.map(({ type }) => type);
const nameFor = async (api: ApiClient) => (await api.get<{ name: string }>(`companies/${company.id}/public`)).name;
/** As a stranger sees it, who has written nothing. */
const publicName = (instance: number) => nameFor(new ApiClient(ana[instance]!.api.baseUrl));

/** How many reads that tolerate lag each database has answered, over both gateways. */
async function answeredBy(database: 'primary' | 'replica'): Promise<number> {
  const counts = [1, 2].map(async (instance) => {
    const metrics = await (await fetch(`${system.app('api-gateway', instance).internalUrl}/metrics`)).text();
    return Number(new RegExp(`db_lag_tolerant_reads_total{database="${database}".*} (\\d+)`).exec(metrics)?.[1] ?? 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
async function answering(read: () => Promise<unknown>): Promise<'primary' | 'replica'> {
  const before = await answeredBy('replica');
  await read();
  return (await answeredBy('replica')) > before ? 'replica' : 'primary';
}
/** What `ops doctor` says of the standby. */
const lateness = () => replica(servers);
async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await wait(200);
}

it('reads that tolerate lag use the standby, and a writer reads its own write from the primary at any gateway', async () => {
  await until(async () => (await answering(() => publicName(0))) === 'replica');
  await postgres.pauseReplay();
  await ana[0]!.api.patch(`companies/${company.id}`, { name: 'Renamed' });
  expect(await types(0)).toContain('companies.updated');
  expect(await types(1)).toContain('companies.updated');
  expect([await nameFor(ana[0]!.api), await nameFor(ana[1]!.api)]).toEqual(['Renamed', 'Renamed']);
  expect(await publicName(1)).toBe('Acme');
});

it('reads are never older than five seconds', async () => {
  await wait(7_000); // the replay stands still: that is what has to be waited for
  expect(await answering(() => publicName(1))).toBe('primary');
  expect(await publicName(1)).toBe('Renamed');
  await until(async () => (await lateness()).length === 1);
  await postgres.resumeReplay();
  await until(async () => (await lateness()).length === 0);
  await until(async () => (await answering(() => publicName(1))) === 'replica');
});

it('a killed standby fails no request', async () => {
  const answers = Array.from({ length: 50 }, async (_, index) => {
    await wait(index * 20);
    if (index === 10) await postgres.killStandby();
    return publicName(index % 2);
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['Renamed']));
  expect(await answering(() => publicName(0))).toBe('primary');
});
