import { RevocationList } from '@convene/auth/revocation-list';
import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { ConnectionRegistry } from '../connections/connection-registry';
import { closeConnection } from '../connections/connection-closer';

const LOOK_EVERY_MS = 500;

/** Hangs up on sessions that are over: revoked ones at once, those whose access token expires when it does. */
@Injectable()
export class EndedSessions implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly revocations: RevocationList,
    private readonly users: ConnectionRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.revocations.onRevoked(({ sessionId }) =>
      this.users.ofSession(sessionId).forEach((session) => closeConnection(session, 'SESSION_REVOKED')),
    );
    this.timer = setInterval(
      () => this.users.sessions().forEach((session) => this.closeIfEnded(session)),
      LOOK_EVERY_MS,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  closeIfEnded(session: Connection): void {
    if (this.revocations.isRevoked(session.identity.sessionId)) closeConnection(session, 'SESSION_REVOKED');
    else if (session.expiresAt.getTime() <= Date.now()) closeConnection(session, 'TOKEN_EXPIRED');
  }
}
