import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

export const postgresStandbysKilled: FaultCase<FleetRig> = {
  name: 'postgres-standbys-killed',
  about:
    'one standby of PostgreSQL is killed, and work goes on; then the other, and nothing is answered until one is back',
  async run(rig) {
    const { postgres } = rig.servers;
    const one = await postgres.killStandby();
    await rig.accepting(20);
    const other = await postgres.killStandby();
    await rig.waitingForStandby(4);
    const { accepted } = { ...rig.workload.calls };
    const waiting = await rig.waitingForStandby(10);
    const more = rig.workload.calls.accepted - accepted;
    if (more > 0) throw new Error(`${more} operations were accepted that no standby has`);
    await postgres.rejoin(one);
    await rig.accepting(20);
    await postgres.rejoin(other);
    return `with one, work went on; with none, ${waiting} commits waited and nothing was answered`;
  },
};
