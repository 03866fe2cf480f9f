import type { FaultCase } from '../fault-case';

export const redisKilled: FaultCase = {
  name: 'redis-killed',
  about: 'Redis is killed and started again',
  inTests: true,
  async run(rig) {
    await rig.servers.redis.kill();
    const proof = await rig.framesRefused(20);
    await rig.accepting(100);
    await rig.servers.redis.start();
    return proof;
  },
};
