import { ConveneError } from '@convene/contracts/errors';
import type { Tx } from '@convene/prisma/transaction';

/** The caller holds the company's lock: the other owner stays one until the commit. @throws ConveneError LAST_OWNER */
export async function requireAnotherOwner(tx: Tx, companyId: string, userId: string): Promise<void> {
  const another = await tx.membership.findFirst({
    where: { companyId, role: 'OWNER', userId: { not: userId } },
    select: { userId: true },
  });
  if (!another) throw new ConveneError('LAST_OWNER');
}
