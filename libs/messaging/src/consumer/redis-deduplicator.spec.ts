import { newId } from '@convene/prisma/ids';
import { RedisConnections } from '@convene/redis/redis-connections';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestRedis } from '@convene/testing/test-redis';
import type { Attempt } from './reaction';
import { RedisDeduplicator } from './redis-deduplicator';

let proxy: TcpProxy;
let redis: RedisConnections;
let deduplicator: RedisDeduplicator;

beforeEach(async () => {
  proxy = await TcpProxy.to((await createTestRedis()).url);
  redis = new RedisConnections(proxy.url);
  deduplicator = new RedisDeduplicator(redis);
  await new Promise((resolve) => redis.commands.once('ready', resolve));
});
afterEach(async () => {
  redis.onApplicationShutdown();
  await proxy.close();
});

/** @returns whether the message of this event reached the handler. */
async function handles(id: string): Promise<boolean> {
  const handler = jest.fn(() => Promise.resolve());
  const attempt = { event: { id }, reaction: { name: 'react', guarantee: 'exactly-once' } } as unknown as Attempt;
  await deduplicator.middleware(attempt, handler);
  return handler.mock.calls.length > 0;
}

describe('RedisDeduplicator', () => {
  it('handles a message once, and again after the event is forgotten', async () => {
    const id = newId();
    expect([await handles(id), await handles(id)]).toEqual([true, false]);
    await deduplicator.forget([id], ['react']);
    expect(await handles(id)).toBe(true);
  });

  it('handles every message during an outage of Redis, at the cost of one time-out per pause instead of one per message', async () => {
    const done = newId();
    await handles(done);
    const exists = jest.spyOn(redis.commands, 'exists');
    const set = jest.spyOn(redis.commands, 'set');
    proxy.freeze();
    for (let message = 0; message < 20; message++) expect(await handles(newId())).toBe(true);
    expect([exists.mock.calls.length, set.mock.calls.length]).toEqual([1, 0]);

    proxy.thaw();
    while (await handles(done)) await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
