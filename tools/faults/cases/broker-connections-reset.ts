import { setTimeout as wait } from 'node:timers/promises';
import type { FaultCase } from '../fault-case';

const RESETS = 4;
const EVERY_MS = 2_000;

export const brokerConnectionsReset: FaultCase = {
  name: 'broker-connections-reset',
  about: 'all connections to RabbitMQ are reset every two seconds',
  async run(rig) {
    for (let times = 0; times < RESETS; times++) {
      for (const proxy of rig.proxiesTo('rabbitmq')) {
        proxy.cut();
        proxy.restore();
      }
      await wait(EVERY_MS);
    }
    return `${RESETS} resets of ${rig.proxiesTo('rabbitmq').length} connections`;
  },
};
