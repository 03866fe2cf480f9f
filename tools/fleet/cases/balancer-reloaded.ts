import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

const RELOADS = 3;

export const balancerReloaded: FaultCase<FleetRig> = {
  name: 'balancer-reloaded',
  about: 'nginx reads its configuration again: no call is refused, and no device is cut off',
  async run(rig) {
    const arrivals = () => rig.workload.people.reduce((sum, { device }) => sum + device.arrivals.length, 0);
    const before = arrivals();
    return rig.withoutRefusal(async () => {
      let workers = 0;
      for (let count = 0; count < RELOADS; count += 1) {
        workers += await rig.balancer.reloaded();
        await rig.accepting(20);
      }
      if (arrivals() > before) throw new Error(`${arrivals() - before} devices were cut off`);
      return `${RELOADS} reloads, ${workers} new workers of nginx`;
    });
  },
};
