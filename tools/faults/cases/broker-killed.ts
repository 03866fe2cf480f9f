import type { FaultCase } from '../fault-case';

export const brokerKilled: FaultCase = {
  name: 'broker-killed',
  about: 'RabbitMQ is killed and started again',
  inTests: true,
  async run(rig) {
    await rig.servers.rabbitmq.kill();
    const proof = await rig.pending(50);
    await rig.servers.rabbitmq.start();
    return proof;
  },
};
