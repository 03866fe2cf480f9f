import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { MembershipRoleUpdated } from '@convene/contracts/events/memberships-role-updated';
import type { MemberView, UpdateMemberBody } from '@convene/contracts/http/companies';
import { givesUpOwnership, mayInvite, mayManage, maySetRole } from '@convene/domain/permissions';
import { SecurityLog } from '@convene/observability/security-log';
import { sqlIn } from '@convene/prisma/transaction';
import { changeRoles } from '../memberships/change-roles';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { requireMember } from '../memberships/membership';
import { requireAnotherOwner } from '../memberships/require-another-owner';
import { revokeInvitesOf } from '../memberships/revoke-invites-of';
import { ModelOutbox } from '../models/model-outbox';
import { toMemberView } from './member-view';

@Injectable()
export class UpdateMember {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Setting the current role changes nothing and has no event. A user who may no longer invite keeps no pending invites.
   * @throws ConveneError NOT_FOUND, FORBIDDEN or LAST_OWNER
   */
  async execute(companyId: string, callerId: string, userId: string, body: UpdateMemberBody): Promise<MemberView> {
    let changed: string | undefined;
    const view = await this.outbox.transaction(async (tx, append) => {
      const caller = await lockCompanyAsMember(sqlIn(tx), companyId, callerId);
      if (!mayManage(caller.role)) throw new ConveneError('FORBIDDEN');
      const member = await requireMember(tx, companyId, userId);
      const [from, to] = [member.role, body.role];
      if (!maySetRole(caller.role, from, to, { self: userId === callerId })) throw new ConveneError('FORBIDDEN');
      if (from === to) return toMemberView(member);
      if (givesUpOwnership(from, to)) await requireAnotherOwner(tx, companyId, userId);
      await changeRoles(tx, companyId, [{ userId, role: to }]);
      if (!mayInvite(to)) await revokeInvitesOf(tx, append, caller.company, userId, callerId);
      await append(
        MembershipRoleUpdated,
        { companyId, companyName: caller.company.name, userId, from, to },
        { actorId: callerId, companyId },
      );
      changed = `${from}->${to}`;
      return toMemberView({ ...member, role: to });
    });
    if (changed) {
      const who = { userId: callerId, targetId: userId, companyId };
      this.security.write({ event: 'role_changed', outcome: 'ok', ...who, reason: changed });
    }
    return view;
  }
}
