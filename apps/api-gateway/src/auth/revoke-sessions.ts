import { Injectable } from '@nestjs/common';
import { RevocationList } from '@convene/auth/revocation-list';
import { SecurityLog } from '@convene/observability/security-log';
import { ModelOutbox } from '../models/model-outbox';
import { type EndReason, endSessions, type Which } from './end-sessions';

@Injectable()
export class RevokeSessions {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly revocations: RevocationList,
    private readonly security: SecurityLog,
  ) {}

  /** Ends one session of a user, or all, and notifies the gateways after the commit. @returns the number of ended ones. */
  async execute(userId: string, which: Which, reason: EndReason): Promise<number> {
    let ended: string[] = [];
    await this.outbox.transaction(async (tx, append) => {
      ended = await endSessions(tx, append, userId, which, reason);
    });
    for (const sessionId of ended) {
      this.security.write({ event: 'sessions_ended', outcome: 'ok', userId, sessionId, reason: reason.stored });
    }
    await this.publish(userId, ended);
    return ended.length;
  }

  /** Notifies all gateways of ended sessions. Call it after the commit. */
  async publish(userId: string, sessionIds: readonly string[]): Promise<void> {
    await Promise.all(sessionIds.map((id) => this.revocations.publish(id, userId)));
  }
}
