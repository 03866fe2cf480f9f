import type { FaultCase } from '../fault-case';

export const postgresFrozen: FaultCase = {
  name: 'postgres-frozen',
  about: 'all processes of PostgreSQL stand still',
  async run(rig) {
    const thaw = rig.freeze('postgres');
    const proof = await rig.failing(20);
    thaw();
    return proof;
  },
};
