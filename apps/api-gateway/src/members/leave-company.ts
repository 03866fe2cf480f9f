import { Injectable } from '@nestjs/common';
import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { givesUpOwnership } from '@convene/domain/permissions';
import { sqlIn } from '@convene/prisma/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { endMembership } from '../memberships/end-membership';
import { requireMember } from '../memberships/membership';
import { requireAnotherOwner } from '../memberships/require-another-owner';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class LeaveCompany {
  constructor(private readonly outbox: ModelOutbox) {}

  /** @throws ConveneError NOT_FOUND or LAST_OWNER */
  async execute(companyId: string, userId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const { role, company } = await lockCompanyAsMember(sqlIn(tx), companyId, userId);
      const { user } = await requireMember(tx, companyId, userId);
      if (givesUpOwnership(role, null)) await requireAnotherOwner(tx, companyId, userId);
      await endMembership(tx, append, { company, userId, actorId: userId });
      await append(
        MembershipLeft,
        { companyId, companyName: company.name, userId, userName: user.displayName },
        { actorId: userId, companyId },
      );
    });
  }
}
