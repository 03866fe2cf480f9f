import { Redis } from 'ioredis';
import type { FaultCase } from '../fault-case';

const FLUSHES = 5;

export const redisFlushed: FaultCase = {
  name: 'redis-flushed',
  about: 'Redis loses all that it keeps, again and again',
  async run(rig) {
    const redis = new Redis(rig.servers.redis.url);
    for (let times = 0; times < FLUSHES; times++) {
      await redis.flushall();
      await rig.accepting(20);
    }
    redis.disconnect();
    return `${FLUSHES} times`;
  },
};
