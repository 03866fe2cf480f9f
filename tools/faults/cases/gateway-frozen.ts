import type { FaultCase } from '../fault-case';
import { signalTree } from '../processes';

export const gatewayFrozen: FaultCase = {
  name: 'gateway-frozen',
  about: 'the process of a ws-gateway stands still; its clients find another',
  async run(rig) {
    const gateway = rig.app('ws-gateway#2');
    signalTree(gateway.pid ?? 0, 'SIGSTOP');
    await rig.accepting(100);
    signalTree(gateway.pid ?? 0, 'SIGCONT');
    return '100 operations accepted meanwhile';
  },
};
