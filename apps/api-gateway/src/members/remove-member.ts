import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { MembershipRemoved } from '@convene/contracts/events/memberships-removed';
import { mayManage, mayRemoveMember } from '@convene/domain/permissions';
import { SecurityLog } from '@convene/observability/security-log';
import { sqlIn } from '@convene/prisma/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { endMembership } from '../memberships/end-membership';
import { requireMember } from '../memberships/membership';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class RemoveMember {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly security: SecurityLog,
  ) {}

  /**
   * The event bears the version that the removal makes: the removed user is notified by id, not as a member. An owner
   * remains, who is the caller. @throws ConveneError NOT_FOUND, NOT_YOURSELF (that is leaving) or FORBIDDEN
   */
  async execute(companyId: string, callerId: string, userId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const caller = await lockCompanyAsMember(sqlIn(tx), companyId, callerId);
      if (userId === callerId) {
        throw new ConveneError('NOT_YOURSELF', 'To leave the company: `POST /v1/companies/{id}/leave`');
      }
      if (!mayManage(caller.role)) throw new ConveneError('FORBIDDEN');
      const member = await requireMember(tx, companyId, userId);
      if (!mayRemoveMember(caller.role, member.role)) throw new ConveneError('FORBIDDEN');
      await endMembership(tx, append, { company: caller.company, userId, actorId: callerId });
      await append(
        MembershipRemoved,
        { companyId, companyName: caller.company.name, userId, userName: member.user.displayName },
        { actorId: callerId, companyId },
      );
    });
    const who = { userId: callerId, targetId: userId, companyId };
    this.security.write({ event: 'member_removed', outcome: 'ok', ...who });
  }
}
