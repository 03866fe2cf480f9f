import { QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const queuesPurged: FaultCase = {
  name: 'queues-purged',
  about: 'all messages that wait for the workers are purged',
  async run(rig) {
    const purged = await rig.withGatheredMessages(40, async (channel) => {
      for (const queue of QUEUES) await channel.purgeQueue(queue);
    });
    return `${purged} messages purged`;
  },
};
