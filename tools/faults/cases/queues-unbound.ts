import { bindingsOf, EXCHANGE, QUEUES } from '@convene/messaging/topology/queues';
import type { FaultCase } from '../fault-case';

export const queuesUnbound: FaultCase = {
  name: 'queues-unbound',
  about: 'every binding is removed: events find no queue',
  async run(rig) {
    const returned = () => rig.metrics(['api-gateway'], 'outbox_relayed_total', 'outcome="returned"');
    const before = await returned();
    await rig.withBroker(async (channel) => {
      for (const queue of QUEUES) {
        for (const pattern of bindingsOf(queue)) await channel.unbindQueue(queue, EXCHANGE, pattern);
      }
    });
    const count = await rig.until('an event that came back', async () => (await returned()) - before || undefined);
    return `${count} events came back without a queue`;
  },
};
