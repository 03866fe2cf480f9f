import { Injectable } from '@nestjs/common';
import { InviteExpired } from '@convene/contracts/events/invites-expired';
import type { Job } from '@convene/jobs/job';
import { newEvent } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { sql } from '@convene/prisma/database/sql';

const BATCH = 100;

interface Expired {
  inviteId: string;
  companyId: string;
  companyName: string;
  inviterId: string;
}

/** Expires invites that were not answered in time, each with the event that notifies the inviter. */
@Injectable()
export class ExpireInvitesJob implements Job {
  readonly name = 'expire-invites';
  readonly everyMs = 60_000;

  constructor(private readonly outbox: Outbox) {}

  async run(signal: AbortSignal): Promise<void> {
    while ((await this.expireBatch()) === BATCH) signal.throwIfAborted();
  }

  /**
   * Takes the locks of companies and invites in one statement and waits for none: whatever an accept, a resend or a
   * withdrawal works on now is theirs, and looked at again at the next run. Once taken, they wait for this, and find it
   * expired. @returns how many it wrote down.
   */
  private expireBatch(): Promise<number> {
    return this.outbox.transaction(async (tx, append) => {
      const expired = await tx.query<Expired>(sql`
        WITH due AS (
          SELECT i.id, c.name FROM invites i JOIN companies c ON c.id = i.company_id
          WHERE i.status = 'PENDING' AND i.expires_at <= now()
          ORDER BY i.expires_at LIMIT ${BATCH}
          FOR SHARE OF c SKIP LOCKED FOR NO KEY UPDATE OF i SKIP LOCKED
        )
        UPDATE invites SET status = 'EXPIRED', decided_at = now() FROM due WHERE invites.id = due.id
        RETURNING invites.id AS "inviteId", company_id AS "companyId", due.name AS "companyName",
          inviter_id AS "inviterId"`);
      await append.all(
        expired.map((facts) => newEvent(InviteExpired, facts, { actorId: null, companyId: facts.companyId })),
      );
      return expired.length;
    });
  }
}
