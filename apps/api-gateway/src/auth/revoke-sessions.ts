import { RevocationList } from '@convene/auth/revocation-list';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Injectable } from '@nestjs/common';
import { endSessions, type Which, type Why } from './end-sessions';

@Injectable()
export class RevokeSessions {
  constructor(
    private readonly outbox: Outbox,
    private readonly revocations: RevocationList,
  ) {}

  /** Ends one session of a person, or all. The gateways are told after the commit. @returns how many ended. */
  async execute(userId: string, which: Which, why: Why): Promise<number> {
    let ended: string[] = [];
    await this.outbox.transaction(async (tx, append) => {
      ended = await endSessions(tx, append, userId, which, why);
    });
    await this.tell(userId, ended);
    return ended.length;
  }

  /** Makes it known to all gateways that sessions have ended. To be called after the commit. */
  async tell(userId: string, sessionIds: readonly string[]): Promise<void> {
    await Promise.all(sessionIds.map((id) => this.revocations.publish(id, userId)));
  }
}
