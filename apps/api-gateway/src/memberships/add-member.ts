import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql, type Template } from '@convene/prisma/database/sql';
import type { Writer } from '@convene/prisma/database/transaction';
import { holdAccount } from '../accounts/hold-account';

/** What decides whether a company takes a member. */
export interface Seats {
  readonly members: number;
  /** The user is a member. */
  readonly taken: boolean;
}

/**
 * The caller holds the company's lock, or sends this with it: the number of members cannot change.
 * @param companyId An expression.
 */
export async function readSeats(tx: Queryable, companyId: Template, userId: string): Promise<Seats> {
  const [seats] = await tx.query<Seats>(sql`
    SELECT count(*)::int AS members, coalesce(bool_or(user_id = ${userId}::uuid), false) AS taken
    FROM memberships WHERE company_id = ${companyId}`);
  return seats ?? { members: 0, taken: false };
}

/**
 * A membership, and its period from the version it makes. The caller holds the company's lock, and the account (`holdAccount`).
 * @param seats Read under the lock.
 * @param maxMembers MAX_MEMBERS_PER_COMPANY
 * @throws ConveneError ALREADY_MEMBER or MEMBER_LIMIT_REACHED
 */
export async function takeSeat(
  tx: Writer,
  { companyId, userId, role }: { readonly companyId: string; readonly userId: string; readonly role: Role },
  { members, taken }: Seats,
  maxMembers: number,
): Promise<void> {
  if (taken) throw new ConveneError('ALREADY_MEMBER');
  if (members >= maxMembers) {
    throw new ConveneError('MEMBER_LIMIT_REACHED', `The company has ${maxMembers} members, as many as it may`);
  }
  await tx.write(sql`
    INSERT INTO memberships (company_id, user_id, role) VALUES (${companyId}::uuid, ${userId}::uuid, ${role}::"Role")`);
  await tx.write(sql`
    WITH raised AS (
      UPDATE companies SET membership_version = membership_version + 1 WHERE id = ${companyId}::uuid
      RETURNING membership_version
    )
    INSERT INTO membership_periods (company_id, user_id, role, from_version)
    SELECT ${companyId}::uuid, ${userId}::uuid, ${role}::"Role", membership_version FROM raised`);
  // A pending request to join is fulfilled by the membership.
  await tx.write(sql`
    UPDATE join_requests SET status = 'ACCEPTED', decided_at = now()
    WHERE company_id = ${companyId}::uuid AND user_id = ${userId}::uuid AND status = 'PENDING'`);
}

/** The same for a caller who only holds the company's lock. @throws ConveneError as `takeSeat`, or NOT_FOUND when the account is deleted */
export async function addMember(
  tx: Writer,
  companyId: string,
  userId: string,
  role: Role,
  maxMembers: number,
): Promise<void> {
  const [, seats] = await Promise.all([holdAccount(tx, userId), readSeats(tx, sql`${companyId}::uuid`, userId)]);
  await takeSeat(tx, { companyId, userId, role }, seats, maxMembers);
}
