import { QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const messagesReordered: FaultCase = {
  name: 'messages-reordered',
  about: 'the messages that wait for the workers are taken out, and come back in reverse order',
  async run(rig) {
    const returned = await rig.withGatheredMessages(40, async (channel) => {
      for (const queue of QUEUES) {
        const taken = [];
        for (let message = await channel.get(queue); message; message = await channel.get(queue)) taken.push(message);
        for (const message of taken.reverse()) channel.nack(message);
      }
    });
    return `${returned} messages came back`;
  },
};
