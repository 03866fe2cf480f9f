import { RevocationList } from '@convene/auth/revocation-list';
import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { LiveSession } from './live-session';
import { LocalUsers } from './local-users';
import { closeSession } from './session-closer';

const LOOK_EVERY_MS = 500;

/** Hangs up on sessions that are over: revoked ones at once, those whose access token expires when it does. */
@Injectable()
export class EndedSessions implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly revocations: RevocationList,
    private readonly users: LocalUsers,
  ) {}

  onApplicationBootstrap(): void {
    this.revocations.onRevoked(({ sessionId }) => this.users.ofSession(sessionId).forEach(closeRevoked));
    this.timer = setInterval(
      () => this.users.sessions().forEach((session) => this.closeIfEnded(session)),
      LOOK_EVERY_MS,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  closeIfEnded(session: LiveSession): void {
    if (this.revocations.isRevoked(session.identity.sessionId)) closeRevoked(session);
    else if (session.identity.expiresAt.getTime() <= Date.now()) closeExpired(session);
  }
}

function closeRevoked(session: LiveSession): void {
  closeSession(session, {
    code: 'SESSION_REVOKED',
    reason: 'The session has ended; log in again',
    reconnect: false,
    retryAfterMs: 0,
  });
}

function closeExpired(session: LiveSession): void {
  closeSession(session, {
    code: 'TOKEN_EXPIRED',
    reason: 'The access token has expired; refresh it and connect again',
    reconnect: true,
    retryAfterMs: 0,
  });
}
