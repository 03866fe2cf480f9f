import type { FaultCase } from '../fault-case';

const POISONED = ['events.invites', 'events.members', 'events'];
const EACH = 100;

export const poison: FaultCase = {
  name: 'poison',
  about: 'messages that no reaction can read, among good ones',
  inTests: true,
  deadLetters: POISONED.length * EACH,
  async run(rig) {
    await rig.withBroker(async (channel) => {
      for (const queue of POISONED) {
        for (let each = 0; each < EACH; each++) channel.sendToQueue(queue, Buffer.from(`{ "poison": ${each}`));
      }
    });
    await rig.accepting(50);
    return `${POISONED.length * EACH} messages`;
  },
};
