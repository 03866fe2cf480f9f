import type { TestUser } from '@convene/testing/inbox-rows';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { Redis } from 'ioredis';
import { GatewayRig } from '../rig/gateway-rig';
import { tells, toldOf, watch } from '../rig/presence';
import { RedisProxy } from '../rig/redis-proxy';
import { Drain } from '../connections/drain';

jest.setTimeout(60_000);

const LEASE_MS = 6_000;

let database: TestDatabase;
let redisUrl: string;
let proxy: RedisProxy;
let rig: GatewayRig;
let [ana, bo, cy]: TestUser[] = [];
let company: string;

async function start(env: Record<string, string>, gateways: number): Promise<void> {
  rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl: proxy.url, gateways, env });
  [ana, bo, cy] = [await rig.rows.user(), await rig.rows.user(), await rig.rows.user()];
  company = await rig.rows.company(ana, bo, cy);
}

beforeAll(async () => {
  database = await createTestDatabase();
  redisUrl = (await createTestRedis()).url;
  proxy = await RedisProxy.before(redisUrl);
});
afterEach(() => rig.stop());
afterAll(async () => {
  await proxy.stop();
  await database.drop();
});

it('without Redis a view shows the people of its own gateway, and all when Redis is back', async () => {
  await start({ PRESENCE_LEASE_MS: String(LEASE_MS) }, 2);
  const watcher = await rig.live(ana!);
  await watch(watcher, company);
  await rig.live(bo!, { gateway: 1 });
  await tells(watcher, bo!, 'ONLINE');

  await proxy.cut();
  await rig.live(cy!);
  await tells(watcher, cy!, 'ONLINE');
  await tells(watcher, bo!, 'OFFLINE');
  const late = await rig.live(ana!);
  expect(await watch(late, company)).toEqual({ [ana!.id]: 'ONLINE', [cy!.id]: 'ONLINE' });

  await proxy.restore();
  await tells(watcher, bo!, 'ONLINE');
  await tells(late, bo!, 'ONLINE');
  expect(toldOf(watcher, cy!)).toEqual(['ONLINE']);
});

it('a Redis that comes back empty makes nobody flicker, and is told again', async () => {
  // No round of renewals comes by itself.
  await start({ PRESENCE_LEASE_MS: '600000' }, 2);
  const watcher = await rig.live(ana!);
  await watch(watcher, company);
  await rig.live(bo!, { gateway: 1 });
  const other = await rig.live(cy!, { gateway: 1 });
  await tells(watcher, cy!, 'ONLINE');
  await proxy.cut();
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  await proxy.restore();
  const count = () => redis.zcard(`convene:presence:{${company}}`);
  while ((await count()) < 3);
  other.close();
  await tells(watcher, cy!, 'OFFLINE');
  expect(toldOf(watcher, bo!)).toEqual(['ONLINE']);
  redis.disconnect();
});

it('a gateway alone, without the adapter, knows its people', async () => {
  await start({ USE_WS_REDIS_ADAPTER: 'off' }, 1);
  const watcher = await rig.live(ana!);
  await watch(watcher, company);
  const device = await rig.live(bo!);
  await tells(watcher, bo!, 'ONLINE');
  device.close();
  await tells(watcher, bo!, 'OFFLINE');
});

it('a gateway that shuts down leaves its people the time it gave them to come back', async () => {
  await start({}, 2);
  const watcher = await rig.live(ana!);
  await watch(watcher, company);
  await rig.live(bo!, { gateway: 1 });
  const other = await rig.live(cy!);
  await tells(watcher, bo!, 'ONLINE');
  await tells(watcher, cy!, 'ONLINE');
  await rig.gateways[1]!.get(Drain).execute();
  other.close();
  await tells(watcher, cy!, 'OFFLINE');
  await rig.live(bo!);
  expect(toldOf(watcher, bo!)).toEqual(['ONLINE']);
});
