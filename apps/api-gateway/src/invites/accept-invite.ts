import { Inject, Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import type { InviteView } from '@convene/contracts/http/invites';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { ENV, type Env } from '../env';
import { readSeats, takeSeat } from '../memberships/add-member';
import { AnswerInvite } from './answer-invite';
import { toInviteView } from './invite-view';

@Injectable()
export class AcceptInvite {
  constructor(
    private readonly outbox: Outbox,
    private readonly answer: AnswerInvite,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** One membership and one pair of events, at the version it makes, however often and however concurrently called. */
  async execute(tokenOrId: string, userId: string): Promise<InviteView> {
    return this.outbox.transaction(async (tx, append) => {
      const answer = { tokenOrId, userId, answer: 'ACCEPTED' as const };
      const answered = await this.answer.execute(tx, answer, (company) => readSeats(tx, company, userId));
      const { invite, user, repeated, read: seats } = answered;
      const { id: companyId, name: companyName } = invite.company;
      if (repeated) {
        // An old invite does not readmit a member who has left since.
        if (!seats.taken) throw new ConveneError('INVITE_USED');
        return toInviteView(invite);
      }
      await takeSeat(tx, { companyId, userId, role: invite.role }, seats, this.env.MAX_MEMBERS_PER_COMPANY);
      const facts = { actorId: userId, companyId };
      const inviterId = invite.inviter.id;
      await append(
        InviteAccepted,
        { inviteId: invite.id, companyId, companyName, inviterId, inviteeId: userId, inviteeName: user.displayName },
        facts,
      );
      await append(
        MembershipJoined,
        { companyId, companyName, userId, userName: user.displayName, role: invite.role, inviterId },
        facts,
      );
      return toInviteView(invite);
    });
  }
}
