import { Injectable } from '@nestjs/common';
import type { Principal } from '@convene/auth/access-token-verifier';
import { ConveneError } from '@convene/contracts/errors';
import type { InviteView } from '@convene/contracts/http/invites';
import { mayInvite } from '@convene/domain/permissions';
import { isUuid } from '@convene/http/uuid';
import { PrismaService } from '@convene/prisma/prisma.service';
import { FindInvite, requireInvitee } from './find-invite';
import { toInviteView } from './invite-view';

@Injectable()
export class ReadInvite {
  constructor(
    private readonly prisma: PrismaService,
    private readonly find: FindInvite,
  ) {}

  /**
   * By token with or without an account, because it was in the mail. By id for the invitee, and for those
   * of the company who may invite.
   */
  async execute(tokenOrId: string, authenticate: () => Promise<Principal>): Promise<InviteView> {
    if (!isUuid(tokenOrId)) return toInviteView((await this.find.execute(this.prisma.database, tokenOrId)).invite);
    const { userId: callerId } = await authenticate();
    const found = await this.find.execute(this.prisma.database, tokenOrId);
    const { invite } = found;
    const caller = await this.prisma.user.findFirst({
      where: { id: callerId, deletedAt: null },
      select: {
        email: true,
        emailVerifiedAt: true,
        memberships: { where: { companyId: invite.company.id }, select: { role: true } },
      },
    });
    if (!caller) throw new ConveneError('UNAUTHENTICATED');
    if (!caller.memberships.some(({ role }) => mayInvite(role))) requireInvitee(found, caller);
    return toInviteView(invite);
  }
}
