import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import type { NotificationRow } from './notification-row';

/** A device that reconnects often is sent the same notification often. */
const MAX_STEPS = 200;

/** A recorded fact about the delivery of a notification. */
interface DeliveryStep {
  readonly step: string;
  readonly channel: 'SOCKET' | 'EMAIL' | 'WEB_PUSH' | null;
  /** How many sockets it was sent to. */
  readonly sockets: number | null;
  readonly reason: string | null;
  readonly at: Date;
}

/** The recorded facts about one notification, for its timeline. */
export interface NotificationHistory {
  /** When the reaction that wrote it was recorded in the ledger. */
  readonly reactedAt: Date | undefined;
  /** Whether a device has acknowledged its seq. */
  readonly acknowledged: boolean;
  readonly steps: DeliveryStep[];
}

export async function readHistory(
  database: Queryable,
  { eventId, recipientUserId, seq }: NotificationRow,
): Promise<NotificationHistory> {
  const [[reaction], devices, steps] = await Promise.all([
    database.query<{ createdAt: Date }>(sql`
      SELECT created_at AS "createdAt" FROM inbox WHERE event_id = ${eventId}::uuid AND state = 'done'
      ORDER BY created_at LIMIT 1`),
    database.query(sql`
      SELECT 1 AS acknowledged FROM sessions WHERE user_id = ${recipientUserId}::uuid AND acked_seq >= ${seq} LIMIT 1`),
    database.query<DeliveryStep>(sql`
      SELECT step, channel, sockets, reason, at FROM notification_steps
      WHERE event_id = ${eventId}::uuid AND recipient_user_id = ${recipientUserId}::uuid
      ORDER BY at LIMIT ${MAX_STEPS}`),
  ]);
  return { reactedAt: reaction?.createdAt, acknowledged: devices.length > 0, steps };
}
