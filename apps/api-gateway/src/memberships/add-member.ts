import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import type { Tx } from '@convene/prisma/transaction';
import { holdAccount } from '../accounts/hold-account';
import { raiseMembershipVersion } from './membership-version';

/**
 * A membership, and its period from the version it makes. The caller holds the company's lock, under which the number
 * of members cannot change.
 * @param maxMembers MAX_MEMBERS_PER_COMPANY
 * @throws ConveneError ALREADY_MEMBER, MEMBER_LIMIT_REACHED, or NOT_FOUND when the account is deleted
 */
export async function addMember(
  tx: Tx,
  companyId: string,
  userId: string,
  role: Role,
  maxMembers: number,
): Promise<void> {
  await holdAccount(tx, userId);
  const { count } = await tx.membership.createMany({ data: [{ companyId, userId, role }], skipDuplicates: true });
  if (count === 0) throw new ConveneError('ALREADY_MEMBER');
  if ((await tx.membership.count({ where: { companyId } })) > maxMembers) {
    throw new ConveneError('MEMBER_LIMIT_REACHED', `The company has ${maxMembers} members, as many as it may`);
  }
  const fromVersion = await raiseMembershipVersion(tx, companyId);
  await tx.membershipPeriod.create({ data: { companyId, userId, role, fromVersion } });
  // A pending request to join is fulfilled by the membership.
  await tx.$executeRaw`
    UPDATE join_requests SET status = 'ACCEPTED', decided_at = now()
    WHERE company_id = ${companyId}::uuid AND user_id = ${userId}::uuid AND status = 'PENDING'`;
}
