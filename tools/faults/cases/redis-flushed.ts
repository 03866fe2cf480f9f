import { Redis } from 'ioredis';
import type { FaultCase } from '../fault-case';

const FLUSHES = 5;

export const redisFlushed: FaultCase = {
  name: 'redis-flushed',
  about: 'Redis loses all that it keeps, again and again',
  async run(rig) {
    const redis = new Redis(rig.servers.redis.url);
    let lost = 0;
    for (let times = 0; times < FLUSHES; times++) {
      lost += await rig.until('keys in Redis', async () => (await redis.dbsize()) || undefined);
      await redis.flushall();
      await rig.accepting(20);
    }
    redis.disconnect();
    return `${lost} keys lost in ${FLUSHES} times`;
  },
};
