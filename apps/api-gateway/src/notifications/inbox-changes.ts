import type { Unread } from '@convene/contracts/sockets/frames';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';

export interface InboxChange {
  /** How many notifications changed their read state. */
  readonly changed: number;
  /** Of those that changed. */
  readonly readAt: Date | null;
  readonly unread: Unread;
}

interface ChangeRow {
  changed: number;
  readAt: Date | null;
  count: number;
  version: bigint;
}

/**
 * Writes of the read state. Each is one statement that locks the recipient's counter first: so those of one person come
 * one after the other, count and rows change together, and a repeated one changes neither.
 */
@Injectable()
export class InboxChanges {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns undefined when there is no such notification. */
  async setRead(userId: string, eventId: string, read: boolean): Promise<InboxChange | undefined> {
    const rows = await this.prisma.$queryRaw<ChangeRow[]>`
      WITH counter AS MATERIALIZED (
        SELECT user_id, unread_count, version FROM inbox_counters WHERE user_id = ${userId}::uuid FOR UPDATE
      ), changed AS (
        UPDATE notifications AS n SET read_at = CASE WHEN ${read} THEN clock_timestamp() END
        FROM counter
        WHERE n.event_id = ${eventId}::uuid AND n.recipient_user_id = counter.user_id
          AND n.deleted_at IS NULL AND (n.read_at IS NULL) = ${read}
        RETURNING n.read_at, n.archived_at
      ), bumped AS (
        UPDATE inbox_counters AS c
        SET version = c.version + 1,
            unread_count = c.unread_count + CASE WHEN changed.archived_at IS NOT NULL THEN 0 WHEN ${read} THEN -1 ELSE 1 END
        FROM changed WHERE c.user_id = ${userId}::uuid
        RETURNING c.unread_count, c.version
      )
      SELECT (SELECT count(*)::int FROM changed) AS changed,
        (SELECT read_at FROM changed) AS "readAt",
        coalesce((SELECT unread_count FROM bumped), counter.unread_count) AS count,
        coalesce((SELECT version FROM bumped), counter.version) AS version
      FROM counter JOIN notifications AS n ON n.recipient_user_id = counter.user_id
      WHERE n.event_id = ${eventId}::uuid AND n.deleted_at IS NULL`;
    return rows.map(toChange)[0];
  }

  /** All that the caller could see when the statement began; what arrives meanwhile stays unread. */
  async readAll(userId: string): Promise<InboxChange> {
    const rows = await this.prisma.$queryRaw<ChangeRow[]>`
      WITH counter AS MATERIALIZED (
        SELECT user_id, unread_count, version FROM inbox_counters WHERE user_id = ${userId}::uuid FOR UPDATE
      ), changed AS (
        UPDATE notifications AS n SET read_at = clock_timestamp()
        FROM counter
        WHERE n.recipient_user_id = counter.user_id
          AND n.read_at IS NULL AND n.archived_at IS NULL AND n.deleted_at IS NULL
        RETURNING n.read_at
      ), total AS (
        SELECT count(*)::int AS changed, max(read_at) AS read_at FROM changed
      ), bumped AS (
        UPDATE inbox_counters AS c
        SET version = c.version + 1, unread_count = c.unread_count - total.changed
        FROM total WHERE c.user_id = ${userId}::uuid AND total.changed > 0
        RETURNING c.unread_count, c.version
      )
      SELECT total.changed, total.read_at AS "readAt",
        coalesce((SELECT unread_count FROM bumped), counter.unread_count) AS count,
        coalesce((SELECT version FROM bumped), counter.version) AS version
      FROM counter, total`;
    return rows.map(toChange)[0] ?? { changed: 0, readAt: null, unread: { count: 0, version: 0 } };
  }
}

function toChange({ changed, readAt, count, version }: ChangeRow): InboxChange {
  return { changed, readAt, unread: { count, version: Number(version) } };
}
