import { join } from 'node:path';
import type { FaultCase } from '../fault-case';

const PRELOAD = join(__dirname, '../clock-off.cjs');

const clockOff = (label: string, minutes: number): FaultCase => ({
  name: `${label}-clock-${minutes < 0 ? 'behind' : 'ahead'}`,
  about: `the clock of the ${label} is ${Math.abs(minutes)} minutes ${minutes < 0 ? 'behind' : 'ahead'}`,
  async run(rig) {
    const app = rig.app(label);
    await app.restart({ NODE_OPTIONS: `--require ${PRELOAD}`, CLOCK_OFF_MS: String(minutes * 60_000) });
    await rig.accepting(200);
    await app.restart({ NODE_OPTIONS: '', CLOCK_OFF_MS: '' });
    return '200 operations accepted meanwhile';
  },
});

export const clocksOff = [
  clockOff('api-gateway', 10),
  clockOff('api-gateway', -10),
  clockOff('invites-worker', -10),
  clockOff('notifications-worker', 10),
];
