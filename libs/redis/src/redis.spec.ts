import { setTimeout as wait } from 'node:timers/promises';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestRedis } from '@convene/testing/test-redis';
import { createRedis, type RedisClient } from './redis';

jest.setTimeout(20_000);

const ready = (redis: RedisClient) => new Promise<void>((resolve) => void redis.once('ready', resolve));

it.each(['commands', 'publisher', 'subscriber'] as const)(
  'a %s connection to a silent Redis fails its commands, and is replaced',
  async (role) => {
    const proxy = await TcpProxy.to((await createTestRedis()).url);
    const redis = createRedis(proxy.url, { role });
    await ready(redis);
    proxy.freeze();
    proxy.thaw();
    await expect(redis.ping()).rejects.toThrow();
    await ready(redis);
    expect(await redis.ping()).toBe('PONG');
    expect(proxy.open).toBe(1);

    // Silence alone is no fault.
    await wait(3_000);
    expect(proxy.open).toBe(1);
    redis.disconnect();
    await proxy.close();
  },
);
