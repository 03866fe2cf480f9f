import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { RevocationList } from '@convene/auth/revocation-list';
import type { Connection } from '../connections/connection';
import { closeConnection } from '../connections/connection-closer';
import { ConnectionRegistry } from '../connections/connection-registry';

const CHECK_INTERVAL_MS = 500;

/** Closes connections whose session has ended: at once when it is revoked, else when the access token expires. */
@Injectable()
export class EndedSessions implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly revocations: RevocationList,
    private readonly users: ConnectionRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.revocations.onRevoked(({ sessionId }) =>
      this.users.ofSession(sessionId).forEach((connection) => closeConnection(connection, 'SESSION_REVOKED')),
    );
    this.timer = setInterval(
      () => this.users.connections().forEach((connection) => this.closeIfEnded(connection)),
      CHECK_INTERVAL_MS,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  closeIfEnded(connection: Connection): void {
    if (this.revocations.isRevoked(connection.identity.sessionId)) closeConnection(connection, 'SESSION_REVOKED');
    else if (connection.expiresAt.getTime() <= Date.now()) closeConnection(connection, 'TOKEN_EXPIRED');
  }
}
