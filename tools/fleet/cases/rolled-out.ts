import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';
import { migrateOnce } from '../one-more-migration';

export const rolledOut: FaultCase<FleetRig> = {
  name: 'rolled-out',
  about:
    'a release with one more migration: the migration is applied under load, then every process is replaced, one after the other',
  async run(rig) {
    const migration = await migrateOnce(rig.servers.postgres.primaryUrl);
    const before = new Map(rig.system.apps.map((app) => [app.label, app.pid]));
    for (const app of rig.system.apps) await rig.replace(app);
    const same = rig.system.apps.filter(({ label, pid }) => pid === before.get(label));
    if (same.length > 0) throw new Error(`${same.map(({ label }) => label).join(', ')} still run`);
    return `${migration} applied, ${before.size} processes replaced`;
  },
};
