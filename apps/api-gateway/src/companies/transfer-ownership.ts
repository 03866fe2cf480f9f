import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { OwnershipTransferred } from '@convene/contracts/events/memberships-ownership-transferred';
import type { CompanyView, TransferOwnershipBody } from '@convene/contracts/http/companies';
import { mayDispose } from '@convene/domain/permissions';
import { SecurityLog } from '@convene/observability/security-log';
import { sqlIn } from '@convene/prisma/transaction';
import { changeRoles } from '../memberships/change-roles';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { toCompanyView } from '../memberships/company-view';
import { requireMember, requireMembership } from '../memberships/membership';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class TransferOwnership {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Both roles change at one version, so the company is never without this owner or the next. Of two transfers at once
   * the second comes from an admin. @throws ConveneError NOT_FOUND, FORBIDDEN or NOT_YOURSELF
   */
  async execute(companyId: string, callerId: string, { userId }: TransferOwnershipBody): Promise<CompanyView> {
    const view = await this.outbox.transaction(async (tx, append) => {
      const { role, company } = await lockCompanyAsMember(sqlIn(tx), companyId, callerId);
      if (!mayDispose(role)) throw new ConveneError('FORBIDDEN');
      if (userId === callerId) throw new ConveneError('NOT_YOURSELF');
      const [from, to] = [await requireMember(tx, companyId, callerId), await requireMember(tx, companyId, userId)];
      await changeRoles(tx, companyId, [
        { userId: callerId, role: 'ADMIN' },
        ...(to.role === 'OWNER' ? [] : [{ userId, role: 'OWNER' as const }]),
      ]);
      await append(
        OwnershipTransferred,
        {
          companyId,
          companyName: company.name,
          fromUserId: callerId,
          fromName: from.user.displayName,
          toUserId: userId,
          toName: to.user.displayName,
        },
        { actorId: callerId, companyId },
      );
      return toCompanyView(await requireMembership(sqlIn(tx), companyId, callerId));
    });
    const who = { userId: callerId, targetId: userId, companyId };
    this.security.write({ event: 'ownership_transferred', outcome: 'ok', ...who });
    return view;
  }
}
