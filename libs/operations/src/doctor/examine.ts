import { Inject, Injectable } from '@nestjs/common';
import type { DoctorView, FindingView } from '@convene/contracts/ops/doctor';
import { withDeadline } from '@convene/observability/deadline';
import { reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { RedisConnections } from '@convene/redis/redis-connections';
import { ListQueues } from '../messaging/list-queues';
import { ReadOutbox } from '../messaging/read-outbox';
import { VERIFY_REPLICA } from '../verify/verify-source';
import type { Check, DoctorHost, Finding, Instruments } from './check';
import { alarms } from './checks/alarms';
import { clock } from './checks/clock';
import { gateways } from './checks/gateways';
import { jobs } from './checks/jobs';
import { outbox } from './checks/outbox';
import { partitions } from './checks/partitions';
import { pool } from './checks/pool';
import { postgres } from './checks/postgres';
import { queues } from './checks/queues';
import { redis } from './checks/redis';
import { replica } from './checks/replica';

/** Of each check: frozen servers do not hold up what can be said. */
const CHECK_MS = 10_000;
const FIRST = 'postgres';
const CHECKS: Readonly<Record<string, Check>> = {
  queues,
  alarms,
  outbox,
  redis,
  gateways,
  pool,
  replica,
  partitions,
  jobs,
  clock,
};

export const DOCTOR_HOST = Symbol('DoctorHost');

@Injectable()
export class Examine {
  private readonly instruments: Omit<Instruments, 'queues'>;

  constructor(
    database: Database,
    @Inject(VERIFY_REPLICA) standby: Database | undefined,
    private readonly listQueues: ListQueues,
    readOutbox: ReadOutbox,
    redisConnections: RedisConnections,
    directory: GatewayDirectory,
    @Inject(DOCTOR_HOST) host: DoctorHost,
  ) {
    this.instruments = {
      database,
      replica: standby,
      outbox: readOutbox,
      redis: redisConnections,
      gateways: directory,
      host,
    };
  }

  /** All checks at once, after that of PostgreSQL: without it the others would only repeat that it is away. */
  async execute(): Promise<DoctorView> {
    const instruments = { ...this.instruments, queues: askedOnce(this.listQueues) };
    const look = (name: string, check: Check, failed: (reason: string) => Finding) =>
      findingsOf(name, check(instruments), failed);
    const first = await look(FIRST, postgres, unreachable);
    const isAway = first.some(({ cause }) => cause === AWAY);
    const others = isAway
      ? []
      : await Promise.all(Object.entries(CHECKS).map(([name, check]) => look(name, check, inconclusive(name))));
    const findings = [...first, ...others.flat()];
    const looked = isAway ? [FIRST] : [FIRST, ...Object.keys(CHECKS)];
    return {
      findings: findings.sort((a, b) => rank(a) - rank(b)),
      healthy: looked.filter((name) => findings.every(({ check }) => check !== name)),
    };
  }
}

async function findingsOf(
  name: string,
  looked: ReturnType<Check>,
  failed: (reason: string) => Finding,
): Promise<FindingView[]> {
  const findings = await withDeadline(looked, CHECK_MS, name).catch((error: unknown) => [failed(reasonOf(error))]);
  return findings.map((finding) => ({ check: name, ...finding }));
}

/** One look at the queues for all checks: a question about a queue that does not exist closes the channel under the others. */
function askedOnce(queues: ListQueues): Instruments['queues'] {
  let view: ReturnType<ListQueues['execute']> | undefined;
  return { execute: () => (view ??= queues.execute()) };
}

const rank = ({ severity }: FindingView) => (severity === 'critical' ? 0 : 1);

const AWAY = 'PostgreSQL does not answer';

const unreachable = (reason: string): Finding => ({
  severity: 'critical',
  cause: AWAY,
  evidence: reason,
  remedy:
    'Nothing is accepted meanwhile, and nothing is lost. Bring it back: it is stopped, full, frozen, or out of reach',
  runbook: 'PostgresDown.md',
});

const inconclusive =
  (name: string) =>
  (reason: string): Finding => ({
    severity: 'warning',
    cause: `The check of ${name} could not look`,
    evidence: reason,
    remedy: 'Ask again; if it stays so, look at that server itself',
    runbook: null,
  });
