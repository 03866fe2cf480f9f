import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { RedisConnections } from '@convene/redis/redis-connections';
import { ConnectionRegistry } from './connections/connection-registry';
import { GatewayBeacon } from './lifecycle/gateway-beacon';
import { GatewayHarness } from './test-support/gateway-harness';

let harness: GatewayHarness;
let redis: RedisConnections;
let directory: GatewayDirectory;
beforeAll(async () => {
  harness = await GatewayHarness.start({ gateways: 2 });
  redis = new RedisConnections(harness.redisUrl);
  await new Promise<void>((resolve) => redis.commands.once('ready', () => resolve()));
  directory = new GatewayDirectory(redis);
});
afterAll(async () => {
  await harness.stop();
  expect(await directory.list()).toEqual([]);
  redis.onApplicationShutdown();
});

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 20));
}

it('a gateway that an operator orders to drain sends its clients away, and accepts none; others go on', async () => {
  const [first, second] = harness.gateways.map((gateway) => gateway.get(GatewayBeacon).id) as [string, string];
  await until(async () => (await directory.list()).length === 2);
  const users = [await harness.rows.user(), await harness.rows.user()];
  const [here, there] = await Promise.all(users.map((user, gateway) => harness.live(user, { gateway })));

  await directory.orderDrain(first);
  const closing = await here!.received('session.closing');
  expect(closing).toMatchObject({ code: 'GOING_AWAY', reconnect: true, retryAfterMs: expect.any(Number) });
  await until(async () => harness.gateways[0]!.get(ConnectionRegistry).size === 0);
  await until(async () => {
    const states = Object.fromEntries((await directory.list()).map((gateway) => [gateway.id, gateway]));
    return states[first]!.isDraining && states[first]!.connections === 0 && !states[second]!.isDraining;
  });
  expect(await harness.refusedUpgrade({ cookie: `convene_access=${await harness.token(users[0]!)}` })).toBe(
    'UNAVAILABLE',
  );
  expect(harness.gateways[1]!.get(ConnectionRegistry).size).toBe(1);
  there!.close();
});

it('a gateway that is gone without a word lapses', async () => {
  const facts = { keyIds: [], pool: { waiting: 0, limit: 3 } };
  const state = { id: 'gone', connections: 3, isDraining: false, startedAt: new Date().toISOString(), ...facts };
  await directory.announce(state, 60_000);
  expect((await directory.list()).map(({ id }) => id)).toContain('gone');
  expect((await directory.list(Date.now() + 61_000)).map(({ id }) => id)).not.toContain('gone');
});
