import { Injectable } from '@nestjs/common';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import type { InviteView } from '@convene/contracts/http/invites';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { AnswerInvite } from './answer-invite';
import { toInviteView } from './invite-view';

@Injectable()
export class RejectInvite {
  constructor(
    private readonly outbox: Outbox,
    private readonly answer: AnswerInvite,
  ) {}

  async execute(tokenOrId: string, userId: string): Promise<InviteView> {
    return this.outbox.transaction(async (tx, append) => {
      const answer = { tokenOrId, userId, answer: 'REJECTED' as const };
      const { invite, user, repeated } = await this.answer.execute(tx, answer, async () => undefined);
      const { id: companyId, name: companyName } = invite.company;
      const people = { inviterId: invite.inviter.id, inviteeId: userId, inviteeName: user.displayName };
      const facts = { actorId: userId, companyId };
      if (!repeated) await append(InviteRejected, { inviteId: invite.id, companyId, companyName, ...people }, facts);
      return toInviteView(invite);
    });
  }
}
