import { brokerBlackHole } from './cases/broker-black-hole';
import { brokerConnectionsReset } from './cases/broker-connections-reset';
import { brokerDiskFull } from './cases/broker-disk-full';
import { brokerFrozen } from './cases/broker-frozen';
import { brokerKilled } from './cases/broker-killed';
import { clocksOff } from './cases/clock-off';
import { eventsDoubled } from './cases/events-doubled';
import { gatewayDrained } from './cases/gateway-drained';
import { gatewayFrozen } from './cases/gateway-frozen';
import { killedAtAStep } from './cases/killed-at-a-step';
import { messagesReordered } from './cases/messages-reordered';
import { poison } from './cases/poison';
import { postgresBlackHole } from './cases/postgres-black-hole';
import { postgresDiskFull } from './cases/postgres-disk-full';
import { postgresFrozen } from './cases/postgres-frozen';
import { postgresKilled } from './cases/postgres-killed';
import { postgresReadOnly } from './cases/postgres-read-only';
import { processKilled } from './cases/process-killed';
import { queuesDeleted } from './cases/queues-deleted';
import { queuesPurged } from './cases/queues-purged';
import { queuesUnbound } from './cases/queues-unbound';
import { redisBlackHole } from './cases/redis-black-hole';
import { redisFlushed } from './cases/redis-flushed';
import { redisFrozen } from './cases/redis-frozen';
import { redisKilled } from './cases/redis-killed';
import { retryStorm } from './cases/retry-storm';
import { workersRestarted } from './cases/workers-restarted';
import type { FaultCase } from './fault-case';

/** In the order in which they run. */
export const cases: readonly FaultCase[] = [
  brokerKilled,
  brokerFrozen,
  brokerDiskFull,
  brokerConnectionsReset,
  brokerBlackHole,
  queuesDeleted,
  queuesUnbound,
  queuesPurged,
  eventsDoubled,
  messagesReordered,
  poison,
  retryStorm,
  ...processKilled,
  ...killedAtAStep,
  workersRestarted,
  gatewayDrained,
  gatewayFrozen,
  postgresKilled,
  postgresFrozen,
  postgresDiskFull,
  postgresReadOnly,
  postgresBlackHole,
  redisKilled,
  redisFrozen,
  redisFlushed,
  redisBlackHole,
  ...clocksOff,
];
