import { Prisma } from '@convene/prisma/generated/client';
import type { Tx } from '@convene/prisma/transaction';
import { isQuiet } from '../quiet-hours';

export type OfflineChannel = 'EMAIL' | 'WEB_PUSH';

export interface Due {
  readonly userId: string;
  readonly lastSeq: bigint;
  readonly pushedSeq: bigint;
  readonly mailedSeq: bigint;
  readonly pushDue: boolean;
  readonly mailDue: boolean;
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

/** The next users, in order of ids, with notifications that a channel has not decided about. Reads a partial index of these alone. */
export async function pageOfUnreached(tx: Pick<Tx, '$queryRaw'>, after: string, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ userId: string }[]>`
    SELECT user_id AS "userId" FROM inbox_counters
    WHERE (last_seq > pushed_seq OR last_seq > mailed_seq) AND user_id > ${after}::uuid
    ORDER BY user_id LIMIT ${limit}`;
  return rows.map(({ userId }) => userId);
}

const ago = (ms: number) => Prisma.sql`statement_timestamp() - make_interval(secs => ${ms / 1000})`;

/**
 * Those of the users for whom a channel has waited long enough, with their counters locked in order: no statement writes
 * to their inboxes until the commit. A later pass takes the users with a locked counter, in quiet hours, or with a recent
 * digest.
 *
 * Example: `last_seq 42, pushed_seq 42, mailed_seq 40`. Pushes are decided; mail is due once the notification with seq 41
 * is older than `digestAfterMs`.
 */
export function lockDue(tx: Tx, userIds: readonly string[], delays: Delays): Promise<Due[]> {
  const oldest = (position: 'pushed_seq' | 'mailed_seq') => Prisma.sql`
    coalesce((SELECT n.created_at FROM notifications n
              WHERE n.recipient_user_id = c.user_id AND n.seq > c.${Prisma.raw(position)} ORDER BY n.seq LIMIT 1), '-infinity')`;
  const noRecentDigest = Prisma.sql`NOT EXISTS (
    SELECT 1 FROM notifications n
    JOIN notification_steps s ON s.event_id = n.event_id AND s.recipient_user_id = n.recipient_user_id
    WHERE n.recipient_user_id = c.user_id AND n.seq <= c.mailed_seq AND n.seq > c.mailed_seq - ${LOOK_BACK}
      AND s.step = 'mailed' AND s.at > ${ago(delays.digestEveryMs)})`;
  const pushDue = Prisma.sql`(c.last_seq > c.pushed_seq AND ${oldest('pushed_seq')} <= ${ago(delays.pushAfterMs)})`;
  const mailDue = Prisma.sql`(c.last_seq > c.mailed_seq AND ${oldest('mailed_seq')} <= ${ago(delays.digestAfterMs)} AND ${noRecentDigest})`;
  return tx.$queryRaw<Due[]>`
    SELECT c.user_id AS "userId", c.last_seq AS "lastSeq", c.pushed_seq AS "pushedSeq", c.mailed_seq AS "mailedSeq",
      ${pushDue} AS "pushDue", ${mailDue} AS "mailDue",
      u.deleted_at IS NOT NULL AS deleted, u.email_verified_at IS NOT NULL AS verified,
      ARRAY(SELECT p.id::text FROM push_subscriptions p JOIN sessions s ON s.id = p.session_id
            WHERE p.user_id = c.user_id AND s.revoked_at IS NULL AND s.expires_at > statement_timestamp()
            ORDER BY p.id) AS subscriptions
    FROM inbox_counters c JOIN users u ON u.id = c.user_id LEFT JOIN quiet_hours q ON q.user_id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[]) AND (${pushDue} OR ${mailDue})
      AND NOT ${isQuiet(Prisma.sql`statement_timestamp()`)}
    ORDER BY c.user_id
    FOR UPDATE OF c SKIP LOCKED`;
}

/** Read, archived, snoozed, deleted or acknowledged by a device: SQL over `n`, and `device` of `DEVICE`. */
const SETTLED = Prisma.sql`
  (n.read_at IS NOT NULL OR n.archived_at IS NOT NULL OR n.snoozed_until IS NOT NULL OR n.deleted_at IS NOT NULL
   OR n.seq <= coalesce(device.acked, 0))`;
/** The highest seq of the inbox of `due` that any device has acknowledged. */
const DEVICE = Prisma.sql`
  CROSS JOIN LATERAL (SELECT max(acked_seq) AS acked FROM sessions WHERE sessions.user_id = due.user_id) AS device`;
/** Switched off by a preference, for the channel of `due`. */
const MUTED = Prisma.sql`
  EXISTS (SELECT 1 FROM preferences off
          WHERE off.user_id = due.user_id AND off.code = n.code AND off.channel = due.channel::"NotificationChannel"
            AND NOT off.enabled)`;

export interface Position {
  readonly userId: string;
  readonly channel: OfflineChannel;
  readonly after: bigint;
}

/** The rows after each position, in order of seq, at most `WINDOW` each. Called after the counters were locked. */
export function readUnreached(tx: Tx, positions: readonly Position[]): Promise<UnreachedRow[]> {
  return tx.$queryRaw<UnreachedRow[]>`
    SELECT due.user_id AS "userId", due.channel, n.event_id AS "eventId", n.seq::float8 AS seq,
      (extract(epoch FROM statement_timestamp() - n.created_at) * 1000)::float8 AS "ageMs",
      ${SETTLED} AS settled, ${MUTED} AS muted
    FROM unnest(${positions.map(({ userId }) => userId)}::uuid[], ${positions.map(({ channel }) => channel)}::text[],
                ${positions.map(({ after }) => after)}::bigint[]) AS due (user_id, channel, after)
    ${DEVICE}
    CROSS JOIN LATERAL (
      SELECT * FROM notifications
      WHERE recipient_user_id = due.user_id AND seq > due.after ORDER BY seq LIMIT ${WINDOW}) AS n
    ORDER BY due.user_id, due.channel, n.seq`;
}

export interface StillUnreached {
  readonly id: string;
  readonly seq: number;
  readonly code: string;
  readonly params: Record<string, unknown>;
}

/** The rows of a decided range that are still neither settled nor muted, oldest first. */
export function stillUnreached(
  prisma: Pick<Tx, '$queryRaw'>,
  channel: OfflineChannel,
  { userId, fromSeq, toSeq }: { userId: string; fromSeq: number; toSeq: number },
): Promise<StillUnreached[]> {
  return prisma.$queryRaw<StillUnreached[]>`
    SELECT n.event_id AS id, n.seq::float8 AS seq, n.code, n.params
    FROM (VALUES (${userId}::uuid, ${channel}::text)) AS due (user_id, channel)
    ${DEVICE}
    JOIN notifications n ON n.recipient_user_id = due.user_id AND n.seq BETWEEN ${fromSeq} AND ${toSeq}
    WHERE NOT ${SETTLED} AND NOT ${MUTED}
    ORDER BY n.seq`;
}
