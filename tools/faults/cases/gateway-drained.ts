import type { FaultCase } from '../fault-case';

export const gatewayDrained: FaultCase = {
  name: 'gateway-drained',
  about: 'a ws-gateway is shut down in order, and comes back',
  async run(rig) {
    const gateway = rig.app('ws-gateway#2');
    const end = await gateway.stop();
    await rig.accepting(20);
    await gateway.restart();
    return `it ended with ${end}`;
  },
};
