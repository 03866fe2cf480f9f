import { queueNames } from '@convene/messaging/topology/declare';
import type { FaultCase } from '../fault-case';

/** The defaults of RABBITMQ_RETRY_MAX and RABBITMQ_RETRY_BASE_MS. */
const POLICY = { maxAttempts: 5, baseMs: 1_000 };

export const queuesDeleted: FaultCase = {
  name: 'queues-deleted',
  about:
    'every queue is deleted, with all that it holds: those of the workers, of dead letters, and of what is tried again',
  inTests: true,
  async run(rig) {
    const names = queueNames(POLICY);
    await rig.withBroker(async (channel) => {
      // Deleting one that does not exist is no error.
      for (const name of names) await channel.checkQueue(name);
      for (const name of names) await channel.deleteQueue(name);
    });
    return `${names.length} queues deleted`;
  },
};
