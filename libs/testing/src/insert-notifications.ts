import type { Client } from 'pg';
import { v7 as newId } from 'uuid';
import type { NotificationCreatedFrame } from '@convene/contracts/frames';

export interface TestNotification {
  readonly code?: string;
  readonly params?: object;
  readonly senderUserId?: string;
  readonly createdAt?: Date;
  readonly readAt?: Date;
  readonly archivedAt?: Date;
  readonly deletedAt?: Date;
}

/** A client of `pg`, or of Prisma. */
export type TestDatabaseClient =
  Pick<Client, 'query'> | { $queryRawUnsafe(statement: string, ...values: unknown[]): PromiseLike<unknown> };

interface Inserted {
  readonly id: string;
  readonly seq: number;
  readonly code: string;
  readonly params: Record<string, unknown>;
  readonly senderUserId: string | null;
  readonly createdAt: Date;
  readonly readAt: Date | null;
  readonly archivedAt: Date | null;
}

/**
 * Appends `count` notifications to an inbox and raises its counter in one statement, as one commit: its version rises by one.
 * @param given One for all of them, or the one of each index. @returns their frames, in order.
 */
export async function insertNotifications(
  client: TestDatabaseClient,
  userId: string,
  count: number,
  given: TestNotification | ((index: number) => TestNotification) = {},
): Promise<NotificationCreatedFrame[]> {
  const rows = Array.from({ length: count }, (_, index) => {
    const defaults = { id: newId(), code: 'COMPANY_DELETED', params: { companyName: 'Acme' } };
    return { ...defaults, ...(typeof given === 'function' ? given(index) : given) };
  });
  const values = [userId, JSON.stringify(rows)];
  const inserted = (
    'query' in client
      ? (await client.query(STATEMENT, values)).rows
      : await client.$queryRawUnsafe(STATEMENT, ...values)
  ) as Inserted[];
  return inserted.map(({ createdAt, readAt, archivedAt, params, ...row }) => ({
    ...row,
    params: params,
    companyId: null,
    createdAt: createdAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
    archivedAt: archivedAt?.toISOString() ?? null,
    snoozedUntil: null,
    silent: false,
  }));
}

const STATEMENT = `
  WITH given AS (
    SELECT * FROM ROWS FROM (
      json_to_recordset($2::json) AS (id uuid, code text, params jsonb, "senderUserId" uuid, "createdAt" timestamptz,
        "readAt" timestamptz, "archivedAt" timestamptz, "deletedAt" timestamptz)
    ) WITH ORDINALITY AS n (id, code, params, sender, created_at, read_at, archived_at, deleted_at, position)
  ), counter AS (
    INSERT INTO inbox_counters (user_id, last_seq, unread_count, version)
    SELECT $1::uuid, count(*), count(*) FILTER (WHERE coalesce(read_at, archived_at, deleted_at) IS NULL), 1 FROM given
    ON CONFLICT (user_id) DO UPDATE SET last_seq = inbox_counters.last_seq + excluded.last_seq,
      unread_count = inbox_counters.unread_count + excluded.unread_count, version = inbox_counters.version + 1
    RETURNING last_seq
  ), written AS (
    INSERT INTO notifications
      (event_id, recipient_user_id, seq, code, params, sender_user_id, created_at, read_at, archived_at, deleted_at)
    SELECT id, $1::uuid, last_seq - (SELECT count(*) FROM given) + position, code, params, sender,
      coalesce(created_at, now()), read_at, archived_at, deleted_at
    FROM given, counter
    RETURNING *
  )
  SELECT event_id AS id, seq::int, code, params, sender_user_id AS "senderUserId", created_at AS "createdAt",
    read_at AS "readAt", archived_at AS "archivedAt"
  FROM written ORDER BY written.seq`;
