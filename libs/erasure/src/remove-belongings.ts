import { removeCounter } from '@convene/inbox/remove-inbox';
import type { Tx } from '@convene/prisma/transaction';

/**
 * Deletes the rows that belong to a user alone and those that connect the user to others. The notifications (possibly
 * many) and the rows the audit trail needs stay. Safe to repeat.
 */
export async function removeBelongings(tx: Tx, userId: string): Promise<void> {
  const own = { where: { userId } };
  await tx.friendship.deleteMany({ where: { OR: [{ requesterId: userId }, { addresseeId: userId }] } });
  await tx.friendshipPause.deleteMany({ where: { OR: [{ requesterId: userId }, { addresseeId: userId }] } });
  await tx.block.deleteMany({ where: { OR: [{ blockerId: userId }, { blockedId: userId }] } });
  await tx.joinRequest.deleteMany(own);
  await tx.pushSubscription.deleteMany(own);
  await tx.preference.deleteMany(own);
  await tx.quietHours.deleteMany(own);
  await tx.mailToken.deleteMany(own);
  await tx.formerAddress.deleteMany(own);
  await removeCounter(tx, userId);
  await tx.idempotencyKey.deleteMany({ where: { scope: userId } });
  await tx.session.updateMany({ ...own, data: { userAgent: null } });
  await tx.invite.updateMany({ where: { decidedByUserId: userId }, data: { email: erasedAddress(userId) } });
}

/** Unique, and undeliverable (RFC 2606). */
export function erasedAddress(userId: string): string {
  return `${userId}@erased.invalid`;
}
