import type { Secrets } from '@convene/auth/purpose-key';
import type { SecurityLog } from '@convene/observability/security-log';
import type { SessionRevoker } from './sessions/session-revoker';

export interface OperationsOptions {
  /** The process that hosts it. */
  readonly service: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  /** Where lag is tolerable; absent without a replica. */
  readonly readReplicaUrl?: string | undefined;
  readonly rabbitmqUrls: readonly string[];
}

/** What the hosting application does for it. */
export interface OperationsHost {
  readonly security: SecurityLog;
  readonly sessions: SessionRevoker;
}
