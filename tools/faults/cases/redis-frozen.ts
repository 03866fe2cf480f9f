import type { FaultCase } from '../fault-case';

export const redisFrozen: FaultCase = {
  name: 'redis-frozen',
  about: 'the process of Redis stands still',
  async run(rig) {
    const thaw = rig.freeze('redis');
    await rig.accepting(100);
    thaw();
    return '100 operations accepted meanwhile';
  },
};
