import { QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const queuesPurged: FaultCase = {
  name: 'queues-purged',
  about: 'every queue is purged, again and again',
  async run(rig) {
    let purged = 0;
    await rig.until('50 purged messages', async () => {
      await rig.withBroker(async (channel) => {
        for (const queue of QUEUES) purged += (await channel.purgeQueue(queue)).messageCount;
      });
      return purged >= 50;
    });
    return `${purged} messages purged`;
  },
};
