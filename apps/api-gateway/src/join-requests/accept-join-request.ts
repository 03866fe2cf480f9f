import { Inject, Injectable } from '@nestjs/common';
import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import type { JoinRequestView } from '@convene/contracts/http/companies';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { ENV, type Env } from '../env';
import { addMember } from '../memberships/add-member';
import { decideJoinRequest } from './decide-join-request';
import { toJoinRequestView } from './join-request-view';

@Injectable()
export class AcceptJoinRequest {
  constructor(
    private readonly outbox: Outbox,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @throws ConveneError as `decideJoinRequest` and `addMember` say */
  async execute(companyId: string, callerId: string, requestId: string): Promise<JoinRequestView> {
    return this.outbox.transaction(async (tx, append) => {
      const { request, appendEvent } = await decideJoinRequest(
        tx,
        append,
        { companyId, callerId, requestId },
        'ACCEPTED',
      );
      const { company, user } = request;
      await addMember(tx, companyId, user.id, 'MEMBER', this.env.MAX_MEMBERS_PER_COMPANY);
      await appendEvent();
      await append(
        MembershipJoined,
        {
          companyId,
          companyName: company.name,
          userId: user.id,
          userName: user.displayName,
          role: 'MEMBER',
          inviterId: null,
        },
        { actorId: callerId, companyId },
      );
      return toJoinRequestView(request);
    });
  }
}
