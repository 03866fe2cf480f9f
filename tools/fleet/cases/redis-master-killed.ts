import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

const SLOT = 0;

export const redisMasterKilled: FaultCase<FleetRig> = {
  name: 'redis-master-killed',
  about: 'a master of the Redis Cluster is killed, its replica takes its slots, and it comes back as a replica',
  async run(rig) {
    const { redis } = rig.servers;
    const former = await redis.ownerOf(SLOT);
    const failing = rig.framesRefused(1);
    await redis.failOver(SLOT);
    const refused = await failing;
    await rig.accepting(40);
    await redis.restore();
    return `${former.slice(0, 8)} became ${(await redis.ownerOf(SLOT)).slice(0, 8)}, ${refused}`;
  },
};
