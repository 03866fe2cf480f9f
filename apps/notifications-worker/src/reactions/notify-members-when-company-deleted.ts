import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyMembersWhenCompanyDeleted {
  /** The event has the version before all memberships ended: the members of that version are entitled. */
  @OnEvent(CompanyDeleted, 'notify-members-when-company-deleted')
  notifyMembersWhenCompanyDeleted({ payload: { companyName } }: EventOf<typeof CompanyDeleted>) {
    return [notify({ roles: ['OWNER', 'ADMIN', 'MEMBER'] }, 'COMPANY_DELETED', { companyName })];
  }
}
