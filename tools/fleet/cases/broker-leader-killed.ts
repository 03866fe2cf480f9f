import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

export const brokerLeaderKilled: FaultCase<FleetRig> = {
  name: 'broker-leader-killed',
  about: 'the broker that leads most queues is killed, others lead them, and it comes back; then the next one',
  async run(rig) {
    const { brokers } = rig.servers;
    const led: string[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const { name, leads, server } = await brokers.killLeader();
      await rig.accepting(20);
      await server.start();
      led.push(`${name} led ${leads} queues`);
    }
    return led.join(', ');
  },
};
