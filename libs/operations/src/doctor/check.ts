import type { FindingView } from '@convene/contracts/ops/doctor';
import type { Database } from '@convene/prisma/database/database';
import type { GatewayDirectory } from '@convene/realtime/gateway-directory';
import type { RedisConnections } from '@convene/redis/redis-connections';
import type { ListQueues } from '../messaging/list-queues';
import type { ReadOutbox } from '../messaging/read-outbox';

/** What the process that hosts the operator API knows of itself. */
export interface DoctorHost {
  readonly pool: () => { readonly waiting: number; readonly limit: number };
  readonly signingKeyId: string | undefined;
  readonly rabbitmqUrls: readonly string[];
}

/** What checks look through. Each look may throw: that is a finding in itself. */
export interface Instruments {
  readonly database: Database;
  /** Undefined where there is none. */
  readonly replica: Database | undefined;
  readonly queues: Pick<ListQueues, 'execute'>;
  readonly outbox: ReadOutbox;
  readonly redis: RedisConnections;
  readonly gateways: GatewayDirectory;
  readonly host: DoctorHost;
}

export type Finding = Omit<FindingView, 'check'>;

/** Looks, and judges what it saw: no finding means that all is well. */
export type Check = (instruments: Instruments) => Promise<readonly Finding[]>;
