import { QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const queuesDeleted: FaultCase = {
  name: 'queues-deleted',
  about: 'every queue is deleted, with all that it holds',
  inTests: true,
  async run(rig) {
    await rig.withBroker(async (channel) => {
      for (const queue of QUEUES) await channel.deleteQueue(queue);
    });
    return `${QUEUES.length} queues deleted`;
  },
};
