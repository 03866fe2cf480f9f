import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import type { Role } from '@convene/contracts/role';
import { sqlIn } from '@convene/prisma/transaction';
import { addMember } from '../memberships/add-member';
import { lockCompanyForChange } from '../memberships/company-lock';
import { ModelOutbox } from '../models/model-outbox';
import type { ApiHarness } from './api-harness';
import type { TestUser } from './create-users';

/** Adds members with period, version and event, as an accepted invitation does. */
export async function addMembers(
  api: ApiHarness,
  companyId: string,
  people: readonly TestUser[],
  role: Role,
): Promise<void> {
  await api.app.get(ModelOutbox, { strict: false }).transaction(async (tx, append) => {
    await lockCompanyForChange(sqlIn(tx), companyId);
    for (const { id: userId } of people) {
      await addMember(sqlIn(tx), companyId, userId, role, 10_000);
      const facts = { companyId, companyName: 'Acme', userId, userName: 'Guest', role, inviterId: null };
      await append(MembershipJoined, facts, { actorId: userId, companyId });
    }
  });
}
