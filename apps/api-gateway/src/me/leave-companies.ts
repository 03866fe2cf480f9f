import { ERASED } from '@convene/contracts/erased';
import { ConveneError } from '@convene/contracts/errors';
import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { decideMembershipOnAccountDeletion } from '@convene/domain/account-deletion';
import type { Append } from '@convene/messaging/outbox/append';
import type { Tx } from '@convene/prisma/transaction';
import { closeCompany } from '../companies/close-company';
import { endMembership } from '../memberships/end-membership';
import type { CompanySeat } from './seats';

/**
 * Ends all memberships of a person whose account goes; the company of one goes with its one. Nothing is done when a
 * company would be left without an owner. @throws ConveneError OWNER_OF_COMPANIES that names each
 */
export async function leaveCompanies(tx: Tx, append: Append, userId: string, seats: readonly CompanySeat[]) {
  const ownerless = seats.filter((seat) => decideMembershipOnAccountDeletion(seat) === 'refuse');
  if (ownerless.length > 0) {
    const errors = ownerless.map(({ companyId: field, companyName: message }) => ({ field, message }));
    throw new ConveneError('OWNER_OF_COMPANIES', undefined, { errors });
  }
  for (const seat of seats) {
    if (decideMembershipOnAccountDeletion(seat) === 'close')
      await closeCompany(tx, append, { id: seat.companyId, name: seat.companyName }, userId);
    else await leave(tx, append, userId, seat);
  }
}

/** The remaining members get a notification without the name of the user who left. */
async function leave(tx: Tx, append: Append, userId: string, { companyId, companyName }: CompanySeat): Promise<void> {
  const company = { id: companyId, name: companyName };
  await endMembership(tx, append, { company, userId, actorId: userId });
  const payload = { companyId, companyName, userId, userName: ERASED };
  await append(MembershipLeft, payload, { actorId: userId, companyId });
}
