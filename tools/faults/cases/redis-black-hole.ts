import type { FaultCase } from '../fault-case';

export const redisBlackHole: FaultCase = {
  name: 'redis-black-hole',
  about: 'no byte passes on any connection to Redis; the connections stay open, and stay dead',
  async run(rig) {
    const proxies = rig.proxiesTo('redis');
    for (const proxy of proxies) proxy.freeze();
    const proof = await rig.framesRefused(20);
    await rig.accepting(100);
    for (const proxy of proxies) proxy.thaw();
    return proof;
  },
};
