import { Injectable } from '@nestjs/common';
import type { Unread } from '@convene/contracts/frames';
import { Database } from '@convene/prisma/database/database';
import { rawSql, sql, type Template } from '@convene/prisma/database/sql';
import { notificationColumns, type NotificationRow } from './notification-row';

/** The state to set. A field that is absent stays as it is. */
export interface WantedState {
  readonly read?: boolean | undefined;
  readonly archived?: boolean | undefined;
  /** null ends the snooze: the notification becomes unread, as it does when the time has come, unless `read` is set. */
  readonly snoozedUntil?: Date | null | undefined;
}

export interface InboxChange {
  /** The current row, changed or not. */
  readonly row: NotificationRow;
  readonly changed: boolean;
  readonly unread: Unread;
}

interface ChangeRow extends NotificationRow {
  changed: boolean;
  count: number;
  version: bigint;
}

/** 1 for a row that `unread_count` counts, else 0. */
const unread = (row: string) =>
  rawSql(`(${row}.read_at IS NULL AND ${row}.archived_at IS NULL
    AND ${row}.snoozed_until IS NULL AND ${row}.deleted_at IS NULL)::int`);

/**
 * Changes of an inbox by its recipient. Each change locks the recipient's counter first, so that the changes of one inbox
 * run one after the other. One statement then changes rows and counter; a repeated change changes neither.
 *
 * Example: `unread_count 3, version 60`; reading one notification makes it `2, 61`; reading it again leaves `2, 61`.
 * `last_seq` never changes here. Clients keep the count with the highest version, so frames may arrive in any order.
 */
@Injectable()
export class InboxChanges {
  constructor(private readonly database: Database) {}

  /** @returns undefined when there is no such notification. */
  async update(
    userId: string,
    eventId: string,
    { read, archived, snoozedUntil }: WantedState,
  ): Promise<InboxChange | undefined> {
    const wakes = sql`(${snoozedUntil === null} AND n.snoozed_until IS NOT NULL)`;
    return this.change(userId, eventId, {
      readAt: read === undefined ? sql`CASE WHEN ${wakes} THEN NULL ELSE n.read_at END` : since('read_at', read),
      archivedAt: archived === undefined ? sql`n.archived_at` : since('archived_at', archived),
      snoozedUntil: snoozedUntil === undefined ? sql`n.snoozed_until` : sql`${snoozedUntil}::timestamptz(3)`,
      deletedAt: sql`n.deleted_at`,
      params: sql`n.params`,
    });
  }

  /** Leaves a tombstone with empty params, so that a redelivered event does not write the notification again. @returns as `update`. */
  async delete(userId: string, eventId: string): Promise<InboxChange | undefined> {
    return this.change(userId, eventId, {
      readAt: sql`n.read_at`,
      archivedAt: sql`n.archived_at`,
      snoozedUntil: sql`NULL::timestamptz(3)`,
      deletedAt: sql`clock_timestamp()`,
      params: sql`'{}'::jsonb`,
    });
  }

  private async change(
    userId: string,
    eventId: string,
    to: Record<string, Template>,
  ): Promise<InboxChange | undefined> {
    return this.withLockedCounter(
      userId,
      sql`
      WITH counter AS MATERIALIZED (
        SELECT user_id, unread_count, version FROM inbox_counters WHERE user_id = ${userId}::uuid
      ), before AS MATERIALIZED (
        SELECT n.* FROM counter JOIN notifications n ON n.recipient_user_id = counter.user_id
        WHERE n.event_id = ${eventId}::uuid AND n.deleted_at IS NULL
      ), wanted AS (
        SELECT ${to.readAt} AS read_at, ${to.archivedAt} AS archived_at, ${to.snoozedUntil} AS snoozed_until,
          ${to.deletedAt} AS deleted_at, ${to.params} AS params
        FROM before n
      ), changed AS (
        UPDATE notifications AS n
        SET read_at = wanted.read_at, archived_at = wanted.archived_at, snoozed_until = wanted.snoozed_until,
          deleted_at = wanted.deleted_at, params = wanted.params
        FROM before CROSS JOIN wanted
        WHERE n.event_id = before.event_id AND n.recipient_user_id = before.recipient_user_id
          AND (before.read_at, before.archived_at, before.snoozed_until, before.deleted_at)
            IS DISTINCT FROM (wanted.read_at, wanted.archived_at, wanted.snoozed_until, wanted.deleted_at)
        RETURNING n.*, ${unread('n')} - ${unread('before')} AS more
      ), bumped AS (
        UPDATE inbox_counters AS c SET version = c.version + 1, unread_count = c.unread_count + changed.more
        FROM changed WHERE c.user_id = changed.recipient_user_id
        RETURNING c.unread_count, c.version
      ), now AS (
        SELECT *, true AS changed FROM changed
        UNION ALL
        SELECT *, 0, false FROM before WHERE NOT EXISTS (SELECT FROM changed)
      )
      SELECT ${notificationColumns('now')}, now.changed,
        coalesce((SELECT unread_count FROM bumped), counter.unread_count) AS count,
        coalesce((SELECT version FROM bumped), counter.version) AS version
      FROM now CROSS JOIN counter`,
      toChange,
    );
  }

  /**
   * Runs `change` with the counter locked. The lock is a statement of its own, so that the change begins after it and sees
   * all earlier commits: a statement that waits for a lock continues with the snapshot of its beginning, and counts wrong.
   */
  private async withLockedCounter<Row, T>(
    userId: string,
    change: Template,
    toResult: (row: Row | undefined) => T,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      tx.write(sql`SELECT 1 AS locked FROM inbox_counters WHERE user_id = ${userId}::uuid FOR UPDATE`);
      const [row] = await tx.query<Row>(change);
      return toResult(row);
    });
  }

  /** Reads all notifications that are visible when the statement begins; later ones stay unread. */
  async readAll(userId: string): Promise<{ changed: number; unread: Unread }> {
    return this.withLockedCounter(
      userId,
      sql`
      WITH counter AS MATERIALIZED (
        SELECT user_id, unread_count, version FROM inbox_counters WHERE user_id = ${userId}::uuid
      ), changed AS (
        UPDATE notifications AS n SET read_at = clock_timestamp()
        FROM counter
        WHERE n.recipient_user_id = counter.user_id AND n.read_at IS NULL AND n.archived_at IS NULL
          AND n.snoozed_until IS NULL AND n.deleted_at IS NULL
        RETURNING n.event_id
      ), total AS (
        SELECT count(*)::int AS changed FROM changed
      ), bumped AS (
        UPDATE inbox_counters AS c
        SET version = c.version + 1, unread_count = c.unread_count - total.changed
        FROM total WHERE c.user_id = ${userId}::uuid AND total.changed > 0
        RETURNING c.unread_count, c.version
      )
      SELECT total.changed,
        coalesce((SELECT unread_count FROM bumped), counter.unread_count) AS count,
        coalesce((SELECT version FROM bumped), counter.version) AS version
      FROM counter, total`,
      toTotal,
    );
  }
}

function toChange(found: ChangeRow | undefined): InboxChange | undefined {
  if (!found) return undefined;
  const { changed, count, version, ...row } = found;
  return { row, changed, unread: { count, version: Number(version) } };
}

interface TotalRow {
  readonly changed: number;
  readonly count: number;
  readonly version: bigint;
}

/** A user without a counter has no notifications. */
function toTotal(found: TotalRow | undefined): { changed: number; unread: Unread } {
  if (!found) return { changed: 0, unread: { count: 0, version: 0 } };
  return { changed: found.changed, unread: { count: found.count, version: Number(found.version) } };
}

/** A time that is set already stays. */
function since(column: 'read_at' | 'archived_at', is: boolean): Template {
  return is ? sql`coalesce(n.${rawSql(column)}, clock_timestamp())` : sql`NULL::timestamptz(3)`;
}
