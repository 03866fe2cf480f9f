import { ConveneError } from '@convene/contracts/errors';
import type { Tx } from '@convene/prisma/transaction';

/**
 * Required for actions that send mails or notifications to other users: the caller must have a verified address.
 * @throws ConveneError EMAIL_NOT_VERIFIED, or UNAUTHENTICATED when the account is deleted
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
