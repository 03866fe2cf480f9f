import type { FaultCase } from '../fault-case';

const WORKERS = ['invites-worker', 'members-worker', 'notifications-worker'];

export const workersRestarted: FaultCase = {
  name: 'workers-restarted',
  about: 'every worker is restarted, one after the other',
  async run(rig) {
    for (const worker of WORKERS) await rig.app(worker).restart();
    return `${WORKERS.length} workers`;
  },
};
