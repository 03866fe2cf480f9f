import type { Tx } from '@convene/prisma/transaction';

/**
 * The row of a company is locked before anything else in it, by whoever changes its memberships or relies on them:
 * one order, so no deadlock; and a role that was checked stays as it is until the commit.
 */
export async function lockCompanyForChange(tx: Tx, companyId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 AS locked FROM companies WHERE id = ${companyId}::uuid FOR NO KEY UPDATE`;
}

export async function lockCompanyForUse(tx: Tx, companyId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 AS locked FROM companies WHERE id = ${companyId}::uuid FOR SHARE`;
}
