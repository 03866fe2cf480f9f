import type { Tx } from '@convene/prisma/transaction';

/** The version that a change of memberships makes. The caller holds the company's lock. */
export async function raiseMembershipVersion(tx: Tx, companyId: string): Promise<number> {
  const { membershipVersion } = await tx.company.update({
    where: { id: companyId },
    data: { membershipVersion: { increment: 1 } },
    select: { membershipVersion: true },
  });
  return membershipVersion;
}
