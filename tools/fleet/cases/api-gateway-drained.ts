import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

export const apiGatewayDrained: FaultCase<FleetRig> = {
  name: 'api-gateway-drained',
  about: 'nginx leads nobody new to an api-gateway, which is shut down in order and comes back: no call is refused',
  async run(rig) {
    const gateway = rig.app('api-gateway#2');
    return rig.withoutRefusal(async () => {
      let end: string | undefined;
      await rig.without(gateway, async () => {
        end = await gateway.stop();
        await rig.accepting(20);
        await gateway.restart();
      });
      return `it ended with ${end}`;
    });
  },
};
