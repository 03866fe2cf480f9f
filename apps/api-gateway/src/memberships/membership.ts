import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import type { Tx } from '@convene/prisma/transaction';

export interface CompanyMembership {
  readonly role: Role;
  readonly company: {
    readonly id: string;
    readonly name: string;
    readonly isPublic: boolean;
    readonly membershipVersion: number;
    readonly createdAt: Date;
  };
}

/** What `toCompanyView` shows. */
export const COMPANY_MEMBERSHIP = {
  role: true,
  company: { select: { id: true, name: true, isPublic: true, membershipVersion: true, createdAt: true } },
} as const;

/** @throws ConveneError NOT_FOUND for a caller who is no member: a foreign company answers like one that does not exist. */
export async function requireMembership(tx: Queryable, companyId: string, userId: string): Promise<CompanyMembership> {
  const [found] = await tx.query<CompanyMembership['company'] & Pick<CompanyMembership, 'role'>>(sql`
    SELECT m.role::text, c.id, c.name, c.is_public AS "isPublic", c.membership_version AS "membershipVersion",
      c.created_at AS "createdAt"
    FROM memberships m JOIN companies c ON c.id = m.company_id
    WHERE m.company_id = ${companyId}::uuid AND m.user_id = ${userId}::uuid AND c.deleted_at IS NULL`);
  if (!found) throw new ConveneError('NOT_FOUND');
  const { role, ...company } = found;
  return { role, company };
}

/** What `toMemberView` shows. */
const MEMBER_ROW = {
  userId: true,
  role: true,
  joinedAt: true,
  user: { select: { displayName: true } },
} as const;

export interface MemberRow {
  userId: string;
  role: Role;
  joinedAt: Date;
  user: { displayName: string };
}

/** A member of a company to which the caller is known to belong. @throws ConveneError NOT_FOUND */
export async function requireMember(tx: Pick<Tx, 'membership'>, companyId: string, userId: string): Promise<MemberRow> {
  const member = await tx.membership.findUnique({
    where: { companyId_userId: { companyId, userId } },
    select: MEMBER_ROW,
  });
  if (!member) throw new ConveneError('NOT_FOUND');
  return member;
}
