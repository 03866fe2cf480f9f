import type { FaultCase } from '../fault-case';

export const brokerFrozen: FaultCase = {
  name: 'broker-frozen',
  about: 'the process of RabbitMQ stands still',
  async run(rig) {
    const thaw = rig.freeze('rabbitmq');
    const proof = await rig.pending(50);
    thaw();
    return proof;
  },
};
