import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { decideRevoke } from '@convene/domain/invite';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { sql } from '@convene/prisma/database/sql';
import { findCompanyInvite } from './find-company-invite';
import { lockAsInviter } from './require-inviter';

@Injectable()
export class RevokeInvite {
  constructor(private readonly outbox: Outbox) {}

  /** Of a simultaneous revoke and accept, one wins. @throws ConveneError NOT_FOUND, FORBIDDEN, or as `decideRevoke` says */
  async execute(companyId: string, callerId: string, inviteId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const [{ company }, found] = await Promise.all([
        lockAsInviter(tx, companyId, callerId),
        findCompanyInvite(tx, companyId, inviteId),
      ]);
      if (!found) throw new ConveneError('NOT_FOUND');
      const { invite, inviteeId, now } = found;
      const decision = decideRevoke(invite, now);
      if (decision.outcome === 'refused') throw new ConveneError(decision.code);
      if (decision.outcome === 'repeated') return;
      tx.write(sql`
        UPDATE invites SET status = 'REVOKED', decided_at = ${now}::timestamptz WHERE id = ${inviteId}::uuid`);
      await append(
        InviteRevoked,
        { inviteId, companyId, companyName: company.name, inviteeId },
        { actorId: callerId, companyId },
      );
    });
  }
}
