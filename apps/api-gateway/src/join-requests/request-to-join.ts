import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { CompanyJoinRequested } from '@convene/contracts/events/companies-join-requested';
import type { JoinRequestView } from '@convene/contracts/http/companies';
import { newId } from '@convene/prisma/ids';
import { lockPublicCompany } from '../memberships/company-lock';
import { ModelOutbox } from '../models/model-outbox';
import { JOIN_REQUEST_ROW, toJoinRequestView } from './join-request-view';

@Injectable()
export class RequestToJoin {
  constructor(private readonly outbox: ModelOutbox) {}

  /**
   * One pending request per person and company: the partial unique index decides a race.
   * @throws ConveneError NOT_FOUND, EMAIL_NOT_VERIFIED, ALREADY_MEMBER or JOIN_REQUEST_PENDING
   */
  async execute(companyId: string, userId: string): Promise<JoinRequestView> {
    return this.outbox.transaction(async (tx, append) => {
      if (!(await lockPublicCompany(tx, companyId))) throw new ConveneError('NOT_FOUND');
      const user = await tx.user.findFirst({
        where: { id: userId, deletedAt: null },
        select: { displayName: true, emailVerifiedAt: true, memberships: { where: { companyId } } },
      });
      if (!user) throw new ConveneError('UNAUTHENTICATED');
      if (user.memberships.length > 0) throw new ConveneError('ALREADY_MEMBER');
      if (!user.emailVerifiedAt) throw new ConveneError('EMAIL_NOT_VERIFIED');
      const [request] = await tx.joinRequest.createManyAndReturn({
        data: [{ id: newId(), companyId, userId }],
        skipDuplicates: true,
        select: JOIN_REQUEST_ROW,
      });
      if (!request) throw new ConveneError('JOIN_REQUEST_PENDING');
      await append(
        CompanyJoinRequested,
        {
          requestId: request.id,
          companyId,
          companyName: request.company.name,
          userId,
          userName: user.displayName,
        },
        { actorId: userId, companyId },
      );
      return toJoinRequestView(request);
    });
  }
}
