import type { Queryable } from '@convene/prisma/database/queryable';
import { noSql, rawSql, sql } from '@convene/prisma/database/sql';
import { isQuiet } from '../quiet-hours';

export type OfflineChannel = 'EMAIL' | 'WEB_PUSH';

/** An inbox with notifications that a channel has not decided about, its counter locked. */
export interface UnreachedInbox {
  readonly userId: string;
  readonly lastSeq: bigint;
  readonly pushedSeq: bigint;
  readonly mailedSeq: bigint;
  /** Time until a push is due, not above 0 when it is; null if everything is decided for pushes. */
  readonly pushInMs: number | null;
  readonly mailInMs: number | null;
  readonly deleted: boolean;
  readonly verified: boolean;
  /** Ids of the push subscriptions. */
  readonly subscriptions: readonly string[];
}

export interface UnreachedRow {
  readonly userId: string;
  readonly channel: OfflineChannel;
  readonly eventId: string;
  readonly seq: number;
  readonly ageMs: number;
  readonly settled: boolean;
  readonly muted: boolean;
}

export interface Delays {
  readonly pushAfterMs: number;
  readonly digestAfterMs: number;
  /** The minimum between two digests of one user. */
  readonly digestEveryMs: number;
}

/** Rows of one inbox looked at in one pass. */
export const WINDOW = 200;
/** How many notifications before `mailed_seq` are searched for the step of the last digest. */
const LOOK_BACK = 100;

/** A place in the order in which unreached inboxes are looked at. */
export interface WaitingInbox {
  readonly userId: string;
  readonly waitingSince: Date;
  /** Time until one of its channels may be due; not above 0 when it may be due now. */
  readonly inMs: number;
}

/** No channel is due earlier than this after the first notification that has not reached its recipient. */
export const shortestOf = ({ pushAfterMs, digestAfterMs }: Delays) => Math.min(pushAfterMs, digestAfterMs);
const ago = (ms: number) => sql`statement_timestamp() - make_interval(secs => ${ms / 1000})`;

/** The inboxes in the order in which a channel may be due. Reads an index of the unreached ones alone. */
export function pageOfUnreached(
  tx: Queryable,
  delays: Delays,
  after: WaitingInbox | undefined,
  limit: number,
): Promise<WaitingInbox[]> {
  const following = sql`WHERE (waiting_since, user_id) > (${after?.waitingSince}, ${after?.userId}::uuid)`;
  return tx.query<WaitingInbox>(sql`
    SELECT user_id AS "userId", waiting_since AS "waitingSince",
      (extract(epoch FROM waiting_since - (${ago(shortestOf(delays))})) * 1000)::float8 AS "inMs"
    FROM unreached_inboxes ${after ? following : noSql}
    ORDER BY waiting_since, user_id LIMIT ${limit}`);
}

/** In quiet hours an inbox is looked at again after this. */
const QUIET_PAUSE_MS = 60_000;

/**
 * These inboxes with their counters locked: no statement writes to them until the commit. A later pass takes those whose
 * counter is locked by another transaction.
 *
 * Example: `last_seq 42, pushed_seq 42, mailed_seq 40`. Pushes are decided; mail is due once the notification with seq 41
 * is older than `digestAfterMs`, the last digest is older than `digestEveryMs`, and the recipient's quiet hours are over.
 */
export function lockUnreached(tx: Queryable, userIds: readonly string[], delays: Delays): Promise<UnreachedInbox[]> {
  const msAfter = (moment: string, ms: number) =>
    sql`(extract(epoch FROM ${rawSql(moment)} - (${ago(ms)})) * 1000)::float8`;
  const oldest = (position: 'pushed_seq' | 'mailed_seq', delayMs: number) => sql`
    coalesce((SELECT ${msAfter('n.created_at', delayMs)} FROM notifications n
              WHERE n.recipient_user_id = c.user_id AND n.seq > c.${rawSql(position)} ORDER BY n.seq LIMIT 1), 0)`;
  const lastDigest = sql`
    (SELECT ${msAfter('max(s.at)', delays.digestEveryMs)} FROM notifications n
     JOIN notification_steps s ON s.event_id = n.event_id AND s.recipient_user_id = n.recipient_user_id
     WHERE n.recipient_user_id = c.user_id AND n.seq <= c.mailed_seq AND n.seq > c.mailed_seq - ${LOOK_BACK}
       AND s.step = 'mailed')`;
  const quiet = sql`CASE WHEN ${isQuiet(sql`statement_timestamp()`)} THEN ${QUIET_PAUSE_MS}::float8 END`;
  return tx.query<UnreachedInbox>(sql`
    SELECT c.user_id AS "userId", c.last_seq AS "lastSeq", c.pushed_seq AS "pushedSeq", c.mailed_seq AS "mailedSeq",
      CASE WHEN c.last_seq > c.pushed_seq
        THEN greatest(${oldest('pushed_seq', delays.pushAfterMs)}, ${quiet}) END AS "pushInMs",
      CASE WHEN c.last_seq > c.mailed_seq
        THEN greatest(${oldest('mailed_seq', delays.digestAfterMs)}, ${lastDigest}, ${quiet}) END AS "mailInMs",
      u.deleted_at IS NOT NULL AS deleted, u.email_verified_at IS NOT NULL AS verified,
      ARRAY(SELECT p.id::text FROM push_subscriptions p JOIN sessions s ON s.id = p.session_id
            WHERE p.user_id = c.user_id AND s.revoked_at IS NULL AND s.expires_at > statement_timestamp()
            ORDER BY p.id) AS subscriptions
    FROM inbox_counters c JOIN users u ON u.id = c.user_id LEFT JOIN quiet_hours q ON q.user_id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[])
    ORDER BY c.user_id
    FOR UPDATE OF c SKIP LOCKED`);
}

/** Read, archived, snoozed, deleted or acknowledged by a device: SQL over `n`, and `device` of `DEVICE`. */
const SETTLED = sql`
  (n.read_at IS NOT NULL OR n.archived_at IS NOT NULL OR n.snoozed_until IS NOT NULL OR n.deleted_at IS NOT NULL
   OR n.seq <= coalesce(device.acked, 0))`;
/** The highest seq of the inbox of `due` that any device has acknowledged. */
const DEVICE = sql`
  CROSS JOIN LATERAL (SELECT max(acked_seq) AS acked FROM sessions WHERE sessions.user_id = due.user_id) AS device`;
/** Switched off by a preference, for the channel of `due`. */
const MUTED = sql`
  EXISTS (SELECT 1 FROM preferences off
          WHERE off.user_id = due.user_id AND off.code = n.code AND off.channel = due.channel::"NotificationChannel"
            AND NOT off.enabled)`;

export interface Position {
  readonly userId: string;
  readonly channel: OfflineChannel;
  readonly after: bigint;
}

/** The rows after each position, in order of seq, at most `WINDOW` each. Called after the counters were locked. */
export function readUnreached(tx: Queryable, positions: readonly Position[]): Promise<UnreachedRow[]> {
  return tx.query<UnreachedRow>(sql`
    SELECT due.user_id AS "userId", due.channel, n.event_id AS "eventId", n.seq::float8 AS seq,
      (extract(epoch FROM statement_timestamp() - n.created_at) * 1000)::float8 AS "ageMs",
      ${SETTLED} AS settled, ${MUTED} AS muted
    FROM unnest(${positions.map(({ userId }) => userId)}::uuid[], ${positions.map(({ channel }) => channel)}::text[],
                ${positions.map(({ after }) => after)}::bigint[]) AS due (user_id, channel, after)
    ${DEVICE}
    CROSS JOIN LATERAL (
      SELECT * FROM notifications
      WHERE recipient_user_id = due.user_id AND seq > due.after ORDER BY seq LIMIT ${WINDOW}) AS n
    ORDER BY due.user_id, due.channel, n.seq`);
}

export interface StillUnreached {
  readonly id: string;
  readonly seq: number;
  readonly code: string;
  readonly params: Record<string, unknown>;
}

/** The rows of a decided range that are still neither settled nor muted, oldest first. */
export function stillUnreached(
  database: Queryable,
  channel: OfflineChannel,
  { userId, fromSeq, toSeq }: { userId: string; fromSeq: number; toSeq: number },
): Promise<StillUnreached[]> {
  return database.query<StillUnreached>(sql`
    SELECT n.event_id AS id, n.seq::float8 AS seq, n.code, n.params
    FROM (VALUES (${userId}::uuid, ${channel}::text)) AS due (user_id, channel)
    ${DEVICE}
    JOIN notifications n ON n.recipient_user_id = due.user_id AND n.seq BETWEEN ${fromSeq} AND ${toSeq}
    WHERE NOT ${SETTLED} AND NOT ${MUTED}
    ORDER BY n.seq`);
}
