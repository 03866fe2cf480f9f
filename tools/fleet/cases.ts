import type { FaultCase } from '../faults/fault-case';
import { apiGatewayDrained } from './cases/api-gateway-drained';
import { balancerReloaded } from './cases/balancer-reloaded';
import { brokerLeaderKilled } from './cases/broker-leader-killed';
import { postgresPromoted } from './cases/postgres-promoted';
import { postgresStandbysKilled } from './cases/postgres-standbys-killed';
import { redisMasterKilled } from './cases/redis-master-killed';
import { rolledOut } from './cases/rolled-out';
import { workerScaled } from './cases/worker-scaled';
import { wsGatewayOrderedToDrain } from './cases/ws-gateway-ordered-to-drain';
import type { FleetRig } from './fleet-rig';

/** In the order in which they run. */
export const cases: readonly FaultCase<FleetRig>[] = [
  balancerReloaded,
  apiGatewayDrained,
  wsGatewayOrderedToDrain,
  workerScaled,
  rolledOut,
  redisMasterKilled,
  brokerLeaderKilled,
  postgresStandbysKilled,
  postgresPromoted,
];
