import type { Role } from '@convene/contracts/role';
import { addMember } from '../memberships/add-member';
import { lockCompanyForChange } from '../memberships/company-lock';
import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import { Outbox } from '@convene/messaging/outbox/outbox';
import type { Api } from './api';
import type { Someone } from './crowd';

/** Makes people members, with period, version and event, as if each had been invited and accepted. */
export async function settle(api: Api, companyId: string, people: readonly Someone[], role: Role): Promise<void> {
  await api.app.get(Outbox, { strict: false }).transaction(async (tx, append) => {
    await lockCompanyForChange(tx, companyId);
    for (const { id: userId } of people) {
      await addMember(tx, companyId, userId, role, 10_000);
      const facts = { companyId, companyName: 'Acme', userId, userName: 'Guest', role, inviterId: null };
      await append(MembershipJoined, facts, { actorId: userId, companyId });
    }
  });
}
