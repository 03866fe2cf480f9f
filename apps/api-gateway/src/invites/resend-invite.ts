import { Inject, Injectable } from '@nestjs/common';
import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { InviteResent } from '@convene/contracts/events/invites-resent';
import type { InviteView } from '@convene/contracts/http/invites';
import { decideResend, inviteExpiry } from '@convene/domain/invite';
import type { Append } from '@convene/messaging/outbox/append';
import { databaseTime } from '@convene/prisma/database/database-time';
import { sqlIn, type Tx } from '@convene/prisma/transaction';
import { requireVerified } from '../auth/require-verified';
import { ENV, type Env } from '../env';
import { ModelOutbox } from '../models/model-outbox';
import { findAddressOwners } from './address-owners';
import { findCompanyInvite } from './find-company-invite';
import { INVITE_ROW, type InviteRow, toInviteView } from './invite-view';
import { countPending, expireOverdueInvites } from './pending-invites';
import { lockAsInviter, mayStillInvite } from './require-inviter';
import { tooSoon } from './too-soon';

@Injectable()
export class ResendInvite {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly tokens: DerivedTokens,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * A new token and a new term on the same row: the token before it is worth nothing from the commit on. Where the inviter
   * may not invite any more, who resends it takes their place.
   * @throws ConveneError NOT_FOUND, FORBIDDEN, EMAIL_NOT_VERIFIED, ALREADY_MEMBER, RATE_LIMITED, as `decideResend` says, and for one that would live again
   *   INVITE_ALREADY_PENDING or INVITE_LIMIT_REACHED
   */
  async execute(companyId: string, callerId: string, inviteId: string): Promise<InviteView> {
    return this.outbox.transaction(async (tx, append) => {
      await lockAsInviter(sqlIn(tx), companyId, callerId);
      await requireVerified(tx, callerId);
      const before = await findCompanyInvite(tx, companyId, inviteId);
      const now = await databaseTime(sqlIn(tx));
      const decision = decideResend(before, now);
      if (decision.outcome === 'refused') throw new ConveneError(decision.code);
      if (decision.outcome === 'wait') throw tooSoon(decision.waitMs);
      const owner = (await findAddressOwners(tx, companyId, [before.email])).get(before.email);
      if (owner?.isMember) throw new ConveneError('ALREADY_MEMBER');
      if (decision.revives) await this.requireRevival(tx, append, before, now);
      const invite = await this.renew(
        tx,
        before,
        (await mayStillInvite(tx, before)) ? before.inviter.id : callerId,
        now,
      );
      await append(
        InviteResent,
        {
          inviteId,
          companyId,
          companyName: invite.company.name,
          inviterId: invite.inviter.id,
          inviterName: invite.inviter.displayName,
          role: invite.role,
          inviteeId: owner?.inviteeId ?? null,
        },
        { actorId: callerId, companyId },
      );
      await append(InvitationMailRequested, { inviteId }, { actorId: callerId });
      return toInviteView(invite);
    });
  }

  /** One that has expired takes a place again, among the addresses and in number. */
  private async requireRevival(tx: Tx, append: Append, { company, email }: InviteRow, now: Date): Promise<void> {
    await expireOverdueInvites(sqlIn(tx), append, company, [email], now);
    const another = await tx.invite.count({ where: { companyId: company.id, email, status: 'PENDING' } });
    if (another > 0) throw new ConveneError('INVITE_ALREADY_PENDING');
    if ((await countPending(tx, company.id, now)) >= this.env.MAX_PENDING_INVITES_PER_COMPANY) {
      throw new ConveneError('INVITE_LIMIT_REACHED');
    }
  }

  private renew(tx: Tx, { id, rotation }: InviteRow, inviterId: string, now: Date): Promise<InviteRow> {
    const next = rotation + 1;
    return tx.invite.update({
      where: { id },
      data: {
        status: 'PENDING',
        decidedAt: null,
        inviterId,
        sentAt: now,
        sends: { increment: 1 },
        rotation: next,
        tokenHash: hashToken(this.tokens.derive('invite', id, next)),
        expiresAt: inviteExpiry(now, this.env.INVITE_TTL_DAYS),
      },
      select: INVITE_ROW,
    });
  }
}
