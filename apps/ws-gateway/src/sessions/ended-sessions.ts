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
    this.revocations.onRevoked(({ sessionId }) =>
      this.users.ofSession(sessionId).forEach((session) => closeSession(session, 'SESSION_REVOKED')),
    );
    this.timer = setInterval(
      () => this.users.sessions().forEach((session) => this.closeIfEnded(session)),
      LOOK_EVERY_MS,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  closeIfEnded(session: LiveSession): void {
    if (this.revocations.isRevoked(session.identity.sessionId)) closeSession(session, 'SESSION_REVOKED');
    else if (session.expiresAt.getTime() <= Date.now()) closeSession(session, 'TOKEN_EXPIRED');
  }
}
