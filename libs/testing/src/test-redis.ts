import { Redis } from 'ioredis';
import { next } from './counter';
import { required } from './required';

/** Private servers have 512 databases, an ordinary Redis 16. */
const databases = Number(process.env['CONVENE_TEST_REDIS_DATABASES'] ?? 512);

export interface TestRedis {
  /** An empty database. */
  url: string;
  /** Pub/sub ignores databases, so a prefix separates the channels of a spec from those of others. */
  keyPrefix: string;
}

export async function createTestRedis(): Promise<TestRedis> {
  const number = await next('redis');
  const url = new URL(required('CONVENE_TEST_REDIS_URL'));
  url.pathname = `/${1 + ((number - 1) % (databases - 1))}`;
  const redis = new Redis(url.href, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
  return { url: url.href, keyPrefix: `t${number}:` };
}
