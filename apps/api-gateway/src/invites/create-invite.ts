import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import type { CreateInviteBody, InviteView } from '@convene/contracts/http/invites';
import { inviteExpiry } from '@convene/domain/invite';
import { mayInviteAs } from '@convene/domain/permissions';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { newId } from '@convene/prisma/ids';
import type { Tx } from '@convene/prisma/transaction';
import { Injectable } from '@nestjs/common';
import { lockCompanyForUse } from '../companies/company-lock';
import { requireMembership } from '../companies/membership';
import { INVITE_ROW, toInviteView } from './invite-view';

@Injectable()
export class CreateInvite {
  constructor(
    private readonly outbox: Outbox,
    private readonly tokens: DerivedTokens,
  ) {}

  /** @throws ConveneError NOT_FOUND, FORBIDDEN, ALREADY_MEMBER or INVITE_ALREADY_PENDING */
  async execute(companyId: string, inviterId: string, { email, role }: CreateInviteBody): Promise<InviteView> {
    return this.outbox.transaction(async (tx, append) => {
      await lockCompanyForUse(tx, companyId);
      const inviter = await requireMembership(tx, companyId, inviterId);
      if (!mayInviteAs(inviter.role, role)) throw new ConveneError('FORBIDDEN');
      const owner = await tx.user.findFirst({
        where: { email, deletedAt: null },
        select: { id: true, emailVerifiedAt: true, memberships: { where: { companyId } } },
      });
      if (owner && owner.memberships.length > 0) throw new ConveneError('ALREADY_MEMBER');
      const now = new Date();
      await writeDownExpiry(tx, companyId, email, now);
      const id = newId();
      const invite = { id, companyId, inviterId, email, role, expiresAt: inviteExpiry(now) };
      // The partial unique index decides a race: one pending invite per company and address.
      const [created] = await tx.invite.createManyAndReturn({
        data: [{ ...invite, tokenHash: hashToken(this.tokens.derive('invite', id, 0)) }],
        skipDuplicates: true,
        select: INVITE_ROW,
      });
      if (!created) throw new ConveneError('INVITE_ALREADY_PENDING');
      const companyName = inviter.company.name;
      const inviterName = created.inviter.displayName;
      const inviteeId = owner?.emailVerifiedAt ? owner.id : null;
      const facts = { actorId: inviterId, companyId };
      await append(
        InviteCreated,
        { inviteId: id, companyId, companyName, inviterId, inviterName, role, inviteeId },
        facts,
      );
      await append(InvitationMailRequested, { inviteId: id }, { actorId: inviterId });
      return toInviteView(created);
    });
  }
}

/** An invite that expired unanswered must not stand in the way of the next. */
async function writeDownExpiry(tx: Tx, companyId: string, email: string, now: Date): Promise<void> {
  await tx.invite.updateMany({
    where: { companyId, email, status: 'PENDING', expiresAt: { lte: now } },
    data: { status: 'EXPIRED', decidedAt: now },
  });
}
