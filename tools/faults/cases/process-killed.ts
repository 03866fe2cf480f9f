import type { FaultCase } from '../fault-case';

const kill = (label: string, inTests = false): FaultCase => ({
  name: `${label.replace('#', '-')}-killed`,
  about: `the ${label} is killed (kill -9) and started again`,
  inTests,
  async run(rig) {
    const app = rig.app(label);
    const before = app.pid;
    await app.kill();
    await app.restart();
    return `process ${before} became ${app.pid}`;
  },
});

/** Of each app, wherever it is in its work at that moment. */
export const processKilled = [
  kill('api-gateway', true),
  kill('ws-gateway'),
  kill('invites-worker'),
  kill('members-worker'),
  kill('notifications-worker', true),
];
