import type { Secrets } from '@convene/auth/purpose-key';
import type { SecurityLog } from '@convene/observability/security-log';
import type { Database } from '@convene/prisma/database/database';
import type { SessionRevoker } from './sessions/session-revoker';

/** Its pool beside that of its host, and that to the replica: when the host's is exhausted, operators still see why. */
export const OPERATIONS_CONNECTIONS = 3;

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
  readonly redisUrl: string;
  /** The id of the key with which access tokens are signed; absent where none are. */
  readonly signingKeyId?: string | undefined;
}

/** What the hosting application does for it. */
export interface OperationsHost {
  readonly security: SecurityLog;
  readonly sessions: SessionRevoker;
  /** Its own connections to PostgreSQL, beside those of the operator API. */
  readonly database: Database;
}
