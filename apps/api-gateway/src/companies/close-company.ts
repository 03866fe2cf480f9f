import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import type { Append } from '@convene/messaging/outbox/append';
import { databaseTime } from '@convene/prisma/database/database-time';
import { sqlIn, type Tx } from '@convene/prisma/transaction';
import { endAllMemberships } from '../memberships/end-membership';

/**
 * Ends a company and all that hangs on it. The one event speaks for everything that ends with it, and bears the version
 * at which all members still were: they are entitled to it. The caller holds the company's lock.
 */
export async function closeCompany(
  tx: Tx,
  append: Append,
  company: { readonly id: string; readonly name: string },
  actorId: string,
): Promise<void> {
  const { id: companyId, name: companyName } = company;
  await append(CompanyDeleted, { companyId, companyName }, { actorId, companyId });
  const now = await databaseTime(sqlIn(tx));
  await tx.company.update({ where: { id: companyId }, data: { deletedAt: now }, select: { id: true } });
  await endAllMemberships(tx, companyId);
  const pending = { companyId, status: 'PENDING' } as const;
  await tx.invite.updateMany({ where: pending, data: { status: 'REVOKED', decidedAt: now } });
  await tx.joinRequest.updateMany({ where: pending, data: { status: 'DECLINED', decidedAt: now } });
}
