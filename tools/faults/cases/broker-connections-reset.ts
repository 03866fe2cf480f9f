import { setTimeout as wait } from 'node:timers/promises';
import type { FaultCase } from '../fault-case';

const RESETS = 4;
const EVERY_MS = 2_000;

export const brokerConnectionsReset: FaultCase = {
  name: 'broker-connections-reset',
  about: 'all connections to RabbitMQ are reset every two seconds',
  async run(rig) {
    const proxies = rig.proxiesTo('rabbitmq').filter(({ open }) => open > 0);
    let reset = 0;
    for (let times = 0; times < RESETS; times++) {
      await rig.until('every app is connected', () => proxies.every(({ open }) => open > 0));
      for (const proxy of proxies) {
        reset += proxy.open;
        proxy.cut();
        proxy.restore();
      }
      await wait(EVERY_MS);
    }
    return `${reset} connections reset`;
  },
};
