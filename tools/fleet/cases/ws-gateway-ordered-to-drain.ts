import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

export const wsGatewayOrderedToDrain: FaultCase<FleetRig> = {
  name: 'ws-gateway-ordered-to-drain',
  about: '`ops drain` empties a ws-gateway, whose devices move to the other; it is shut down, and comes back',
  async run(rig) {
    const [first] = await rig.gateways();
    if (!first) throw new Error('No ws-gateway has reported');
    await rig.ops('drain', first.id, '--apply', '--reason', 'its host is replaced');
    await rig.until('every device on the other gateway', async () => {
      const [drained, other] = await rig.gateways();
      return drained?.connections === 0 && other?.connections === rig.workload.people.length;
    });
    const drained = await rig.drainedGateway();
    const end = await drained.stop();
    await rig.accepting(20);
    await drained.restart();
    return `${first.connections} devices moved, it ended with ${end}`;
  },
};
