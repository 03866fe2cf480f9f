import { RevocationList } from '@convene/auth/revocation-list';
import type { PayloadOf } from '@convene/contracts/event';
import { SessionRevoked } from '@convene/contracts/events/sessions-revoked';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Injectable } from '@nestjs/common';

type Reason = PayloadOf<typeof SessionRevoked>['reason'];

@Injectable()
export class RevokeSessions {
  constructor(
    private readonly outbox: Outbox,
    private readonly revocations: RevocationList,
  ) {}

  /**
   * Ends one session of a person, or all. Already ended ones stay as they are; the row and its event are one commit,
   * and the gateways are told after it. @returns how many ended.
   */
  async execute(userId: string, which: 'all' | { sessionId: string }, reason: Reason): Promise<number> {
    const one = which === 'all' ? null : which.sessionId;
    const ended = await this.outbox.transaction(async (tx, append) => {
      // The database's clock: the reload of the revocation lists goes by it.
      const sessions = await tx.$queryRaw<{ id: string }[]>`
        UPDATE sessions SET revoked_at = now(), revoked_reason = ${reason}
        WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
          AND id = coalesce(${one}::uuid, id)
        RETURNING id`;
      for (const { id } of sessions) {
        await append(SessionRevoked, { sessionId: id, userId, reason }, { actorId: userId });
      }
      return sessions;
    });
    await Promise.all(ended.map(({ id }) => this.revocations.publish(id, userId)));
    return ended.length;
  }
}
