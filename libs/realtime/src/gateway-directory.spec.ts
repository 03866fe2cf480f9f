import { once } from 'node:events';
import { RedisConnections } from '@convene/redis/redis-connections';
import { createTestRedis } from '@convene/testing/test-redis';
import { GatewayDirectory } from './gateway-directory';

const KEY = 'convene:gateways';
const facts = { connections: 3, isDraining: false, keyIds: [], pool: { waiting: 0, limit: 3 } };

it('what gateways have said expires when none says anything any more, and whoever lists removes what has lapsed', async () => {
  const redis = new RedisConnections((await createTestRedis()).url);
  await once(redis.commands, 'ready');
  const directory = new GatewayDirectory(redis);
  const announce = (id: string, lastsMs: number) =>
    directory.announce({ id, startedAt: new Date().toISOString(), ...facts }, lastsMs);

  await announce('killed', 1);
  expect(await redis.commands.pttl(KEY)).toBeLessThanOrEqual(1);
  await announce('killed', 1);
  await announce('alive', 60_000);
  expect(await redis.commands.pttl(KEY)).toBeGreaterThan(50_000);
  expect((await directory.list(Date.now() + 10)).map(({ id }) => id)).toEqual(['alive']);
  expect(await redis.commands.hkeys(KEY)).toEqual(['alive']);
  redis.onApplicationShutdown();
});
