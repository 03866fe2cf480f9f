import type { PrismaService } from '@convene/prisma/prisma.service';

const BATCH = 1_000;

/** A person's own notifications, and what is kept of their delivery. Safe to repeat, and to interrupt. */
export async function removeInbox(prisma: PrismaService, userId: string): Promise<void> {
  for (;;) {
    const [removed] = await prisma.$queryRaw<{ count: number }[]>`
      WITH batch AS MATERIALIZED (
        SELECT event_id FROM notifications WHERE recipient_user_id = ${userId}::uuid ORDER BY seq LIMIT ${BATCH}
      ), steps AS (
        DELETE FROM notification_steps s USING batch b
        WHERE s.event_id = b.event_id AND s.recipient_user_id = ${userId}::uuid
      ), notes AS (
        DELETE FROM notifications n USING batch b
        WHERE n.event_id = b.event_id AND n.recipient_user_id = ${userId}::uuid
      )
      SELECT count(*)::int AS count FROM batch`;
    if ((removed?.count ?? 0) < BATCH) return;
  }
}
