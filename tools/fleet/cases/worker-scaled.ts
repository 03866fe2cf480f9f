import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

const WORKER = 'notifications-worker';
const QUEUE = 'notifications.realtimes';

export const workerScaled: FaultCase<FleetRig> = {
  name: 'worker-scaled',
  about: `the ${WORKER} is scaled from 2 to 4, to 1, and back to 2`,
  async run(rig) {
    const seen: number[] = [];
    for (const instances of [4, 1, 2]) {
      await rig.system.scale(WORKER, instances);
      const consumers = async () => (await rig.withBroker((channel) => channel.checkQueue(QUEUE))).consumerCount;
      await rig.until(`${instances} consumers of ${QUEUE}`, async () => (await consumers()) === instances);
      await rig.accepting(20);
      seen.push(instances);
    }
    return `consumers of ${QUEUE}: 2, ${seen.join(', ')}`;
  },
};
