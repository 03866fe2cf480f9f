import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { runReadmeTour } from './test-support/readme-tour';
import { TestSystem } from './test-support/test-system';

/** What Convene writes, as docs/redis.md tells: verdicts on addresses, gateways, budgets, presence, own reads. */
const KINDS = ['convene:email-check', 'convene:gateways', 'convene:limit', 'convene:presence', 'convene:wrote'];
/** Of a verdict, the longest. */
const A_DAY_MS = 86_400_000;

interface Key {
  readonly name: string;
  /** -1 for one that never expires. */
  readonly ttlMs: number;
}

async function keysOf(redis: Redis): Promise<Key[]> {
  const found: Key[] = [];
  for await (const names of redis.scanStream()) {
    for (const name of names as string[]) found.push({ name, ttlMs: await redis.pttl(name) });
  }
  // One that has expired since has -2.
  return found.filter(({ ttlMs }) => ttlMs !== -2);
}

const kindOf = ({ name }: Key) => name.split(':').slice(0, 2).join(':');

/** A service that finds every address deliverable. */
async function emailCheck() {
  const server = createServer((_, response) => response.end('{"deliverable":true}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

it('every key in Redis expires, within a day, after people have signed up, been invited, written, and are present', async () => {
  const [{ url: redisUrl }, check, database] = [
    await createTestRedis(),
    await emailCheck(),
    await createTestDatabase(),
  ];
  const redis = new Redis(redisUrl);
  const env = {
    RATE_LIMIT_SCALE: '1',
    EMAIL_CHECK_URL: check.url,
    // Own reads are noted only where a replica is read.
    DATABASE_READ_REPLICA_URL: roleUrl(database.url, 'api-gateway'),
  };
  try {
    await TestSystem.with({ redisUrl, database, env }, async (system) => {
      await runReadmeTour(system);
      const pairs = await system.connectPairs(2, { together: true });
      for (let message = 0; message < 8; message++) await pairs.message();
      await pairs.settled(10_000);
      await system.quiet();
      const keys = await keysOf(redis);
      expect([...new Set(keys.map(kindOf))].sort()).toEqual(KINDS);
      expect(keys.filter(({ ttlMs }) => ttlMs === -1 || ttlMs > A_DAY_MS)).toEqual([]);
    });
    // A process that stops leaves none, either.
    expect((await keysOf(redis)).filter(({ ttlMs }) => ttlMs === -1)).toEqual([]);
  } finally {
    redis.disconnect();
    check.close();
  }
});
