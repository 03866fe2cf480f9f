import type { Seat } from '@convene/domain/account-deletion';
import type { Tx } from '@convene/prisma/transaction';

export interface CompanySeat extends Seat {
  readonly companyId: string;
  readonly companyName: string;
}

/** The person's place in every company they are in, none of which changes until the commit. Locked in the order of ids. */
export async function lockSeats(tx: Tx, userId: string): Promise<CompanySeat[]> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM companies WHERE id IN (SELECT company_id FROM memberships WHERE user_id = ${userId}::uuid)
    ORDER BY id FOR NO KEY UPDATE`;
  // A statement of its own: it sees what those committed for whom the first has waited.
  return tx.$queryRaw<CompanySeat[]>`
    SELECT c.id AS "companyId", c.name AS "companyName", m.role::text AS role,
      EXISTS (SELECT FROM memberships o WHERE o.company_id = c.id AND o.user_id <> m.user_id AND o.role = 'OWNER')
        AS "hasOtherOwners",
      EXISTS (SELECT FROM memberships o WHERE o.company_id = c.id AND o.user_id <> m.user_id) AS "hasOtherMembers"
    FROM memberships m JOIN companies c ON c.id = m.company_id
    WHERE m.user_id = ${userId}::uuid AND c.id = ANY(${locked.map(({ id }) => id)}::uuid[]) AND c.deleted_at IS NULL
    ORDER BY c.id`;
}

/** They have joined another company since their seats were locked. */
export async function hasOtherSeats(tx: Tx, userId: string, seats: readonly CompanySeat[]): Promise<boolean> {
  const known = seats.map(({ companyId }) => companyId);
  const others = await tx.membership.count({
    where: { userId, companyId: { notIn: known }, company: { deletedAt: null } },
  });
  return others > 0;
}
