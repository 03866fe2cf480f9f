import { bindingsOf, EXCHANGE, QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const queuesUnbound: FaultCase = {
  name: 'queues-unbound',
  about: 'every binding is removed: events find no queue',
  async run(rig) {
    await rig.withBroker(async (channel) => {
      for (const queue of QUEUES) {
        for (const pattern of bindingsOf(queue)) await channel.unbindQueue(queue, EXCHANGE, pattern);
      }
    });
    return rig.pending(20);
  },
};
