import { ConveneError } from '@convene/contracts/errors';
import type { Tx } from '@convene/prisma/transaction';

/**
 * For what sends mail or news to people who have not asked for it: who does so has shown that their own address is theirs.
 * @throws ConveneError EMAIL_NOT_VERIFIED, or UNAUTHENTICATED when the account is gone
 */
export async function requireVerified(tx: Pick<Tx, 'user'>, userId: string): Promise<{ email: string }> {
  const user = await tx.user.findFirst({
    where: { id: userId, deletedAt: null },
    select: { email: true, emailVerifiedAt: true },
  });
  if (!user) throw new ConveneError('UNAUTHENTICATED');
  if (!user.emailVerifiedAt) throw new ConveneError('EMAIL_NOT_VERIFIED');
  return user;
}
