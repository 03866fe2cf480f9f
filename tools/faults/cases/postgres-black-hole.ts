import type { FaultCase } from '../fault-case';

export const postgresBlackHole: FaultCase = {
  name: 'postgres-black-hole',
  about: 'no byte passes on any connection to PostgreSQL; the connections stay open, and stay dead',
  async run(rig) {
    const proxies = rig.proxiesTo('postgres');
    for (const proxy of proxies) proxy.freeze();
    const proof = await rig.failing(20);
    for (const proxy of proxies) proxy.thaw();
    return proof;
  },
};
