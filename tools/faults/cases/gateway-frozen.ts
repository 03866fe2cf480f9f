import type { FaultCase } from '../fault-case';

/** A client notices by the heartbeat: a ping every 25 s, and 20 s for its answer. */
const MOVED_WITHIN_MS = 120_000;

export const gatewayFrozen: FaultCase = {
  name: 'gateway-frozen',
  about: 'the process of a ws-gateway stands still; its clients find another',
  async run(rig) {
    const { people } = rig.workload;
    const returns = () => people.reduce((sum, { device }) => sum + device.arrivals.length, 0);
    const before = returns();
    const held = await rig.metrics(['ws-gateway#2'], 'ws_connections_active');
    const thaw = rig.freezeApp('ws-gateway#2');
    const moved = await rig.until(
      `${held} clients at another gateway`,
      () => returns() - before >= held && returns() - before,
      MOVED_WITHIN_MS,
    );
    thaw();
    return `${moved} clients moved`;
  },
};
