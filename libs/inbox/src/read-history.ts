import type { NotificationStep } from '@convene/prisma/generated/client';
import type { Tx } from '@convene/prisma/transaction';
import type { NotificationRow } from './notification-row';

/** A device that reconnects often is sent the same notification often. */
const MAX_STEPS = 200;

/** The recorded facts about one notification, for its timeline. */
export interface NotificationHistory {
  /** When the reaction that wrote it was recorded in the ledger. */
  readonly reactedAt: Date | undefined;
  /** Whether a device has acknowledged its seq. */
  readonly acknowledged: boolean;
  readonly steps: NotificationStep[];
}

export async function readHistory(
  prisma: Pick<Tx, 'processedReaction' | 'session' | 'notificationStep'>,
  { eventId, recipientUserId, seq }: NotificationRow,
): Promise<NotificationHistory> {
  const reaction = await prisma.processedReaction.findFirst({
    where: { eventId, state: 'done' },
    orderBy: { createdAt: 'asc' },
    select: { createdAt: true },
  });
  const device = await prisma.session.findFirst({
    where: { userId: recipientUserId, ackedSeq: { gte: seq } },
    select: { id: true },
  });
  const steps = await prisma.notificationStep.findMany({
    where: { eventId, recipientUserId },
    orderBy: { at: 'asc' },
    take: MAX_STEPS,
  });
  return { reactedAt: reaction?.createdAt, acknowledged: device !== null, steps };
}
