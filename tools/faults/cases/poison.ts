import type { QueueName } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

/** Each with the worker that consumes it. */
const POISONED = new Map<QueueName, string>([
  ['events.invites', 'invites-worker'],
  ['events.members', 'members-worker'],
  ['events', 'notifications-worker'],
]);
const EACH = 100;
const TOTAL = POISONED.size * EACH;

export const poison: FaultCase = {
  name: 'poison',
  about: 'messages that no reaction can read, among good ones',
  inTests: true,
  deadLetters: TOTAL,
  async run(rig) {
    const deadLetters = () => rig.metrics([...POISONED.values()], 'dead_letters_total');
    const before = await deadLetters();
    await rig.withBroker(async (channel) => {
      for (const queue of POISONED.keys()) {
        for (let each = 0; each < EACH; each++) channel.sendToQueue(queue, Buffer.from(`{ "poison": ${each}`));
      }
    });
    await rig.until(`${TOTAL} dead letters`, async () => (await deadLetters()) - before >= TOTAL);
    return `${TOTAL} dead letters`;
  },
};
