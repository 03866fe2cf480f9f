import { userRoom } from '@convene/contracts/sockets/rooms';
import type { Job } from '@convene/jobs/job';
import { toUpdatedFrame } from '@convene/inbox/notification-view';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction } from '@convene/prisma/transaction';
import { FramePublisher } from '@convene/realtime/frames';
import { Injectable } from '@nestjs/common';

const BATCH = 500;

interface Woken {
  eventId: string;
  userId: string;
  archivedAt: Date | null;
  deletedAt: Date | null;
  count: number;
  version: bigint;
}

/** Brings back, unread, what was snoozed until now. */
@Injectable()
export class WakeSnoozedJob implements Job {
  readonly name = 'wake-snoozed';
  readonly everyMs = 2_000;

  constructor(
    private readonly prisma: PrismaService,
    private readonly bus: FramePublisher,
  ) {}

  /** Ends when it finds nothing more: a batch may be short because another instance took a part of it, and left the rest. */
  async run(signal: AbortSignal): Promise<void> {
    let woken;
    do {
      woken = await this.wake();
      await Promise.all(woken.filter(({ deletedAt }) => !deletedAt).map((one) => this.tell(one)));
    } while (woken.length > 0 && !signal.aborted);
  }

  /**
   * The counters are locked first, in recipient order as all do, and by a statement of its own: the one that wakes begins
   * after it, and leaves what its owner has changed meanwhile as they want it.
   */
  private wake(): Promise<Woken[]> {
    return inTransaction(this.prisma, async (tx) => {
      const locked = await tx.$queryRaw<{ userId: string }[]>`
        WITH due AS MATERIALIZED (
          SELECT recipient_user_id FROM notifications
          WHERE snoozed_until <= statement_timestamp() ORDER BY snoozed_until LIMIT ${BATCH}
        )
        SELECT user_id AS "userId" FROM inbox_counters WHERE user_id IN (SELECT recipient_user_id FROM due)
        ORDER BY user_id FOR UPDATE`;
      if (locked.length === 0) return [];
      return tx.$queryRaw<Woken[]>`
        WITH due AS MATERIALIZED (
          SELECT event_id, recipient_user_id FROM notifications
          WHERE snoozed_until <= statement_timestamp()
            AND recipient_user_id = ANY(${locked.map(({ userId }) => userId)}::uuid[])
          ORDER BY snoozed_until LIMIT ${BATCH}
        ), woken AS (
          UPDATE notifications n SET snoozed_until = NULL, read_at = NULL
          FROM due WHERE n.event_id = due.event_id AND n.recipient_user_id = due.recipient_user_id
          RETURNING n.event_id, n.recipient_user_id, n.archived_at, n.deleted_at
        ), bumped AS (
          UPDATE inbox_counters c SET version = c.version + 1, unread_count = c.unread_count + more.unread
          FROM (SELECT recipient_user_id, count(*) FILTER (WHERE archived_at IS NULL AND deleted_at IS NULL)::int AS unread
                FROM woken GROUP BY recipient_user_id) AS more
          WHERE c.user_id = more.recipient_user_id
          RETURNING c.user_id, c.unread_count, c.version
        )
        SELECT event_id AS "eventId", user_id AS "userId", archived_at AS "archivedAt", deleted_at AS "deletedAt",
          unread_count AS count, version
        FROM woken JOIN bumped ON user_id = recipient_user_id`;
    });
  }

  private tell({ userId, eventId, archivedAt, count, version }: Woken): Promise<void> {
    const state = { eventId, readAt: null, archivedAt, snoozedUntil: null, deleted: false };
    const frame = toUpdatedFrame(state, { count, version: Number(version) });
    return this.bus.emit(userRoom(userId), 'notifications.updated', frame);
  }
}
