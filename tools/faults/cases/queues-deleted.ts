import { queueNames } from '@convene/messaging/topology/declare';
import { DEFAULT_RETRIES } from '@convene/messaging/topology/retry-levels';
import type { FaultCase } from '../fault-case';

export const queuesDeleted: FaultCase = {
  name: 'queues-deleted',
  about:
    'every queue is deleted, with all that it holds: those of the workers, of dead letters, and of what is tried again',
  inTests: true,
  async run(rig) {
    const names = queueNames(DEFAULT_RETRIES);
    await rig.withBroker(async (channel) => {
      // Deleting one that does not exist is no error.
      for (const name of names) await channel.checkQueue(name);
      for (const name of names) await channel.deleteQueue(name);
    });
    return `${names.length} queues deleted`;
  },
};
