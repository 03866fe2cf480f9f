import { Redis } from 'ioredis';
import type { TestUser } from '@convene/testing/inbox-rows';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { Drain } from '../connections/drain';
import { GatewayHarness } from '../test-support/gateway-harness';
import { statesReceived, untilState, watch } from '../test-support/watch-presence';

jest.setTimeout(60_000);

const LEASE_MS = 6_000;

let database: TestDatabase;
let redisUrl: string;
let proxy: TcpProxy;
let harness: GatewayHarness;
let [ana, bo, cy]: TestUser[] = [];
let company: string;

async function start(env: Record<string, string>, gateways: number): Promise<void> {
  harness = await GatewayHarness.start({ databaseUrl: database.url, redisUrl: proxy.url, gateways, env });
  [ana, bo, cy] = [await harness.rows.user(), await harness.rows.user(), await harness.rows.user()];
  company = await harness.rows.company(ana, bo, cy);
}

beforeAll(async () => {
  database = await createTestDatabase();
  redisUrl = (await createTestRedis()).url;
  proxy = await TcpProxy.to(redisUrl);
});
afterEach(() => harness.stop());
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

it('a view without Redis shows the users of its own gateway, and all when Redis is back', async () => {
  await start({ PRESENCE_LEASE_MS: String(LEASE_MS) }, 2);
  const watcher = await harness.live(ana!);
  await watch(watcher, company);
  await harness.live(bo!, { gateway: 1 });
  await untilState(watcher, bo!, 'ONLINE');

  proxy.cut();
  await harness.live(cy!);
  await untilState(watcher, cy!, 'ONLINE');
  await untilState(watcher, bo!, 'OFFLINE');
  const late = await harness.live(ana!);
  expect(await watch(late, company)).toEqual({ [ana!.id]: 'ONLINE', [cy!.id]: 'ONLINE' });

  proxy.restore();
  await untilState(watcher, bo!, 'ONLINE');
  await untilState(late, bo!, 'ONLINE');
  expect(statesReceived(watcher, cy!)).toEqual(['ONLINE']);
});

it('a Redis that returns empty changes no presence, and is filled again', async () => {
  // No round of renewals comes by itself.
  await start({ PRESENCE_LEASE_MS: '600000' }, 2);
  const watcher = await harness.live(ana!);
  await watch(watcher, company);
  await harness.live(bo!, { gateway: 1 });
  const other = await harness.live(cy!, { gateway: 1 });
  await untilState(watcher, cy!, 'ONLINE');
  proxy.cut();
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  proxy.restore();
  const count = () => redis.zcard(`convene:presence:{${company}}`);
  while ((await count()) < 3);
  other.close();
  await untilState(watcher, cy!, 'OFFLINE');
  expect(statesReceived(watcher, bo!)).toEqual(['ONLINE']);
  redis.disconnect();
});

it('a single gateway without the adapter shows its users', async () => {
  await start({ USE_WS_REDIS_ADAPTER: 'off' }, 1);
  const watcher = await harness.live(ana!);
  await watch(watcher, company);
  const device = await harness.live(bo!);
  await untilState(watcher, bo!, 'ONLINE');
  device.close();
  await untilState(watcher, bo!, 'OFFLINE');
});

it('a gateway that shuts down keeps its users present for the time it gave them to reconnect', async () => {
  await start({}, 2);
  const watcher = await harness.live(ana!);
  await watch(watcher, company);
  await harness.live(bo!, { gateway: 1 });
  const other = await harness.live(cy!);
  await untilState(watcher, bo!, 'ONLINE');
  await untilState(watcher, cy!, 'ONLINE');
  await harness.gateways[1]!.get(Drain).execute();
  other.close();
  await untilState(watcher, cy!, 'OFFLINE');
  await harness.live(bo!);
  expect(statesReceived(watcher, bo!)).toEqual(['ONLINE']);
});
