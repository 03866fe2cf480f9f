import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { decideRevoke } from '@convene/domain/invite';
import { databaseTime } from '@convene/prisma/database/database-time';
import { sqlIn } from '@convene/prisma/transaction';
import { ModelOutbox } from '../models/model-outbox';
import { findAddressOwners } from './address-owners';
import { findCompanyInvite } from './find-company-invite';
import { lockAsInviter } from './require-inviter';

@Injectable()
export class RevokeInvite {
  constructor(private readonly outbox: ModelOutbox) {}

  /** Of a simultaneous revoke and accept, one wins. @throws ConveneError NOT_FOUND, FORBIDDEN, or as `decideRevoke` says */
  async execute(companyId: string, callerId: string, inviteId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const { company } = await lockAsInviter(sqlIn(tx), companyId, callerId);
      const invite = await findCompanyInvite(tx, companyId, inviteId);
      const now = await databaseTime(sqlIn(tx));
      const decision = decideRevoke(invite, now);
      if (decision.outcome === 'refused') throw new ConveneError(decision.code);
      if (decision.outcome === 'repeated') return;
      await tx.invite.update({
        where: { id: inviteId },
        data: { status: 'REVOKED', decidedAt: now },
        select: { id: true },
      });
      const owner = (await findAddressOwners(tx, companyId, [invite.email])).get(invite.email);
      await append(
        InviteRevoked,
        { inviteId, companyId, companyName: company.name, inviteeId: owner?.inviteeId ?? null },
        { actorId: callerId, companyId },
      );
    });
  }
}
