import type { FaultCase } from '../fault-case';

export const redisFrozen: FaultCase = {
  name: 'redis-frozen',
  about: 'the process of Redis stands still',
  async run(rig) {
    const thaw = rig.freeze('redis');
    const proof = await rig.framesRefused(20);
    await rig.accepting(100);
    thaw();
    return proof;
  },
};
