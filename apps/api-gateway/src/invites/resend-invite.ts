import { Inject, Injectable } from '@nestjs/common';
import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { InviteResent } from '@convene/contracts/events/invites-resent';
import type { InviteView } from '@convene/contracts/http/invites';
import { decideResend, inviteExpiry } from '@convene/domain/invite';
import { mayInvite } from '@convene/domain/permissions';
import type { Append } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { readAccount, requireVerified } from '../accounts/read-account';
import { ENV, type Env } from '../env';
import { findCompanyInvite } from './find-company-invite';
import { type InviteRow, toInviteView } from './invite-view';
import { countPending, expireOverdueInvites } from './pending-invites';
import { lockAsInviter } from './require-inviter';
import { tooSoon } from './too-soon';

@Injectable()
export class ResendInvite {
  constructor(
    private readonly outbox: Outbox,
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
      const [, account, found] = await Promise.all([
        lockAsInviter(tx, companyId, callerId),
        readAccount(tx, callerId),
        findCompanyInvite(tx, companyId, inviteId),
      ]);
      const caller = requireVerified(account);
      if (!found) throw new ConveneError('NOT_FOUND');
      const { invite: before, inviterRole, isMember, inviteeId, now } = found;
      const decision = decideResend(before, now);
      if (decision.outcome === 'refused') throw new ConveneError(decision.code);
      if (decision.outcome === 'wait') throw tooSoon(decision.waitMs);
      if (isMember) throw new ConveneError('ALREADY_MEMBER');
      if (decision.revives) await this.requireRevival(tx, append, before, now);
      const mayStillInvite = inviterRole !== null && mayInvite(inviterRole);
      const inviter = mayStillInvite ? before.inviter : { id: callerId, displayName: caller.displayName };
      const invite = this.renew(tx, { ...before, inviter }, now);
      await append(
        InviteResent,
        {
          inviteId,
          companyId,
          companyName: invite.company.name,
          inviterId: invite.inviter.id,
          inviterName: invite.inviter.displayName,
          role: invite.role,
          inviteeId,
        },
        { actorId: callerId, companyId },
      );
      await append(InvitationMailRequested, { inviteId }, { actorId: callerId });
      return toInviteView(invite);
    });
  }

  /** One that has expired takes a place again, among the addresses and in number. */
  private async requireRevival(
    tx: Transaction,
    append: Append,
    { company, email }: InviteRow,
    now: Date,
  ): Promise<void> {
    await expireOverdueInvites(tx, append, company, [email], now);
    const { ofAddress, ofCompany } = await countPending(tx, company.id, email, now);
    if (ofAddress > 0) throw new ConveneError('INVITE_ALREADY_PENDING');
    if (ofCompany >= this.env.MAX_PENDING_INVITES_PER_COMPANY) throw new ConveneError('INVITE_LIMIT_REACHED');
  }

  private renew(tx: Transaction, before: InviteRow, now: Date): InviteRow {
    const { id, inviter } = before;
    const rotation = before.rotation + 1;
    const tokenHash = hashToken(this.tokens.derive('invite', id, rotation));
    const expiresAt = inviteExpiry(now, this.env.INVITE_TTL_DAYS);
    const sends = before.sends + 1;
    tx.write(sql`
      UPDATE invites SET status = 'PENDING', decided_at = NULL, inviter_id = ${inviter.id}::uuid,
        sent_at = ${now}::timestamptz, sends = ${sends}, rotation = ${rotation}, token_hash = ${tokenHash},
        expires_at = ${expiresAt}::timestamptz
      WHERE id = ${id}::uuid`);
    return { ...before, status: 'PENDING', sentAt: now, sends, rotation, tokenHash, expiresAt };
  }
}
