import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import { sql } from '@convene/prisma/database/sql';
import type { Writer } from '@convene/prisma/database/transaction';
import { holdAccount } from '../accounts/hold-account';

/**
 * A membership, and its period from the version it makes. The caller holds the company's lock, under which the number
 * of members cannot change.
 * @param maxMembers MAX_MEMBERS_PER_COMPANY
 * @throws ConveneError ALREADY_MEMBER, MEMBER_LIMIT_REACHED, or NOT_FOUND when the account is deleted
 */
export async function addMember(
  tx: Writer,
  companyId: string,
  userId: string,
  role: Role,
  maxMembers: number,
): Promise<void> {
  const [, [found]] = await Promise.all([holdAccount(tx, userId), readSeats(tx, companyId, userId)]);
  if (found?.taken) throw new ConveneError('ALREADY_MEMBER');
  if ((found?.members ?? 0) >= maxMembers) {
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

function readSeats(tx: Writer, companyId: string, userId: string): Promise<{ members: number; taken: boolean }[]> {
  return tx.query(sql`
    SELECT count(*)::int AS members, coalesce(bool_or(user_id = ${userId}::uuid), false) AS taken
    FROM memberships WHERE company_id = ${companyId}::uuid`);
}
