import type { FaultCase } from '../../faults/fault-case';
import type { FleetRig } from '../fleet-rig';

export const postgresPromoted: FaultCase<FleetRig> = {
  name: 'postgres-promoted',
  about:
    'the primary of PostgreSQL is killed, a synchronous standby is promoted, PgBouncer is pointed at it, and the former primary comes back as a standby',
  inTests: true,
  async run(rig) {
    const { postgres, pgbouncer } = rig.servers;
    const devices = rig.workload.people.map(({ device }) => ({ device, epochs: device.epochs.length }));
    const began = performance.now();
    const former = await postgres.killPrimary();
    await postgres.promote();
    await pgbouncer.leadTo(postgres.primaryUrl);
    await rig.accepting(1);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    await rig.until('a new epoch on every device', () =>
      devices.every(({ device, epochs }) => device.epochs.length > epochs),
    );
    await postgres.rejoin(former);
    return `${former.name} became ${postgres.primaryName}, writes went on after ${seconds} s, ${devices.length} devices began anew`;
  },
};
