import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { Redis } from 'ioredis';
import { createTestRedis } from '@convene/testing/test-redis';
import { createRedis } from './redis';

let redis: Redis;
beforeEach(async () => {
  redis = createRedis((await createTestRedis()).url, { role: 'publisher' }) as Redis;
  await once(redis, 'ready');
});
afterEach(() => redis.disconnect());

/** How often the kernel is asked to send. */
function countWrites(): () => number {
  const stream = redis.stream as Required<Pick<Duplex, '_write' | '_writev'>>;
  const spies = [jest.spyOn(stream, '_write'), jest.spyOn(stream, '_writev')];
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

it('sends the commands of one turn of the event loop in one write, in order', async () => {
  const writes = countWrites();
  const numbers = await Promise.all(Array.from({ length: 100 }, () => redis.incr('counter')));
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(writes()).toBe(1);
});

it('sends a single command in the turn in which it was given', async () => {
  const writes = countWrites();
  const answer = redis.ping();
  await new Promise((resolve) => setImmediate(resolve));
  expect(writes()).toBe(1);
  expect(await answer).toBe('PONG');
});
