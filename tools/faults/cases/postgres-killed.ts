import type { FaultCase } from '../fault-case';

export const postgresKilled: FaultCase = {
  name: 'postgres-killed',
  about: 'PostgreSQL is killed with all its processes, and recovers from its log',
  inTests: true,
  async run(rig) {
    await rig.killAll('postgres');
    const proof = await rig.failing(20);
    await rig.servers.postgres.start();
    return proof;
  },
};
