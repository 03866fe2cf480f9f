import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import { type CompanyMembership, requireMembership } from './membership';

/**
 * Locks the row of a company before any other row of it, in every transaction that changes its memberships, invites or join
 * requests, or relies on them. One order prevents deadlocks, and a checked role or number stays valid until the commit.
 */
export async function lockCompanyForChange(tx: Queryable, companyId: string): Promise<void> {
  await tx.query(sql`SELECT 1 AS locked FROM companies WHERE id = ${companyId}::uuid FOR NO KEY UPDATE`);
}

export async function lockCompanyForUse(tx: Queryable, companyId: string): Promise<void> {
  await tx.query(sql`SELECT 1 AS locked FROM companies WHERE id = ${companyId}::uuid FOR SHARE`);
}

/**
 * `lockCompanyForChange` for one of its members, and their membership as it is under the lock. A stranger locks nothing
 * and does not wait, so that a foreign company takes as long to be refused as one that does not exist.
 * What the caller sends in the same turn of the event loop runs under the lock as well. @throws ConveneError NOT_FOUND
 */
export async function lockCompanyAsMember(
  tx: Queryable,
  companyId: string,
  userId: string,
): Promise<CompanyMembership> {
  const lock = tx.query(sql`
    SELECT 1 AS locked FROM companies c
    WHERE id = ${companyId}::uuid AND EXISTS (
      SELECT FROM memberships m WHERE m.company_id = c.id AND m.user_id = ${userId}::uuid)
    FOR NO KEY UPDATE OF c`);
  const [, membership] = await Promise.all([lock, requireMembership(tx, companyId, userId)]);
  return membership;
}

/**
 * `lockCompanyForUse` for callers who are not members: a private or deleted company is not locked.
 * @returns false for those.
 */
export async function lockPublicCompany(tx: Queryable, companyId: string): Promise<boolean> {
  const locked = await tx.query(sql`
    SELECT 1 AS locked FROM companies
    WHERE id = ${companyId}::uuid AND is_public AND deleted_at IS NULL FOR SHARE`);
  return locked.length > 0;
}
