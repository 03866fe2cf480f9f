import { join } from 'node:path';
import type { FaultCase } from '../fault-case';

const PRELOAD = join(__dirname, '../clock-off.cjs');
const NEAR_S = 30;

const clockOff = (label: string, minutes: number): FaultCase => ({
  name: `${label}-clock-${minutes < 0 ? 'behind' : 'ahead'}`,
  about: `the clock of the ${label} is ${Math.abs(minutes)} minutes ${minutes < 0 ? 'behind' : 'ahead'}`,
  async run(rig) {
    const app = rig.app(label);
    await app.restart({ NODE_OPTIONS: `--require ${PRELOAD}`, CLOCK_OFF_MS: String(minutes * 60_000) });
    const seen = await rig.until('a wrong clock, by the database’s', async () => {
      const seconds = await rig.metrics([label], 'clock_skew_seconds');
      return Math.abs(seconds - minutes * 60) < NEAR_S && seconds;
    });
    await rig.accepting(200);
    await app.restart({ NODE_OPTIONS: '', CLOCK_OFF_MS: '' });
    return `${Math.abs(seen).toFixed(0)} s ${seen < 0 ? 'behind' : 'ahead of'} the database’s clock`;
  },
});

export const clocksOff = [
  clockOff('api-gateway', 10),
  clockOff('api-gateway', -10),
  clockOff('invites-worker', -10),
  clockOff('notifications-worker', 10),
];
