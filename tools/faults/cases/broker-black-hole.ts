import type { FaultCase } from '../fault-case';

export const brokerBlackHole: FaultCase = {
  name: 'broker-black-hole',
  about: 'no byte passes on any connection to RabbitMQ; the connections stay open, and stay dead',
  async run(rig) {
    const proxies = rig.proxiesTo('rabbitmq');
    for (const proxy of proxies) proxy.freeze();
    const proof = await rig.pending(50);
    for (const proxy of proxies) proxy.thaw();
    return proof;
  },
};
