import { QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const messagesReordered: FaultCase = {
  name: 'messages-reordered',
  about: 'messages are taken out of the queues and come back behind later ones',
  async run(rig) {
    let returned = 0;
    await rig.until('100 messages that came back', async () => {
      await rig.withBroker(async (channel) => {
        for (const queue of QUEUES) {
          for (let message = await channel.get(queue); message; message = await channel.get(queue)) returned += 1;
        }
      });
      return returned >= 100;
    });
    return `${returned} messages came back`;
  },
};
