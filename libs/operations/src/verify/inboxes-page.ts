import type { DefectView, VerifyQuery } from '@convene/contracts/ops/verification';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { NIL } from '@convene/prisma/ids';
import type { Page } from './page';
import { OLDEST_MONTH } from './past-partitions';

/** Of a user; more of them say the same. */
const MAX_RANGES = 20;
/** An event of a month that is detached may have been processed so long after it, among the rows of the next. */
const LATEST_DAYS = 7;

interface Inbox {
  readonly userId: string;
  /** Null without a counter. */
  readonly lastSeq: bigint | null;
  readonly unreadCount: number | null;
  readonly rows: number;
  readonly seqs: number;
  readonly highest: bigint | null;
  readonly unread: number;
  /** The account is older than the oldest month: what its first seqs were is detached. */
  readonly older: boolean;
}

interface Range {
  readonly userId: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly eventBefore: string | null;
  readonly eventAfter: string | null;
}

/** The next users by id: that each inbox has every seq from 1 to `last_seq` once, and that its counter agrees with its rows. */
export async function inboxesPage(tx: Transaction, { after = NIL, limit }: VerifyQuery): Promise<Page> {
  const inboxes = await tx.query<Inbox>(sql`
    SELECT u.id AS "userId", c.last_seq AS "lastSeq", c.unread_count AS "unreadCount",
      u.created_at < ${OLDEST_MONTH} AS older, n.*
    FROM (SELECT id, created_at, deleted_at FROM users WHERE id > ${after}::uuid ORDER BY id LIMIT ${limit}) AS u
    LEFT JOIN inbox_counters c ON c.user_id = u.id
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS rows, count(DISTINCT seq)::int AS seqs, max(seq) AS highest,
        (count(*) FILTER (WHERE read_at IS NULL AND archived_at IS NULL AND snoozed_until IS NULL AND deleted_at IS NULL))::int
          AS unread
      FROM notifications WHERE recipient_user_id = u.id AND u.deleted_at IS NULL) AS n
    ORDER BY u.id`);
  const suspects = inboxes.filter(({ rows, seqs, lastSeq }) => rows !== seqs || BigInt(seqs) !== (lastSeq ?? 0n));
  const ids = suspects.map(({ userId }) => userId);
  const [holes, doubled] =
    ids.length === 0 ? [[], []] : await Promise.all([tx.query<Range>(holesOf(ids)), tx.query<Range>(doubledOf(ids))]);
  return {
    examined: inboxes.length,
    next: inboxes.length < limit ? null : (inboxes.at(-1)?.userId ?? null),
    defects: [...inboxes.flatMap(counterDefects), ...doubled.map(doubledDefect), ...holes.map(holeDefect)],
  };
}

/**
 * Ranges of seqs that have no row. A tombstone is a row. Of an account that is older than the oldest month, what lies below or
 * among its first rows may be detached with its month, and is no hole.
 */
const holesOf = (ids: readonly string[]) => sql`
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY "userId" ORDER BY "from") AS position FROM (
      SELECT u.id AS "userId", r.before + 1 AS "from", r.seq - 1 AS "to", r.event_before AS "eventBefore",
        r.event_id AS "eventAfter"
      FROM users u CROSS JOIN LATERAL (
        SELECT seq, event_id, created_at, lag(seq, 1, 0::bigint) OVER w AS before, lag(event_id) OVER w AS event_before
        FROM (
          SELECT seq, event_id, created_at FROM notifications WHERE recipient_user_id = u.id
          UNION ALL
          SELECT last_seq + 1, NULL, (SELECT max(created_at) FROM notifications WHERE recipient_user_id = u.id)
          FROM inbox_counters WHERE user_id = u.id
        ) AS all_seqs WINDOW w AS (ORDER BY seq)
      ) AS r
      WHERE u.id = ANY(${ids}::uuid[]) AND r.seq > r.before + 1
        AND NOT (u.created_at < ${OLDEST_MONTH}
          AND (r.created_at IS NULL OR r.created_at < ${OLDEST_MONTH} + make_interval(days => ${LATEST_DAYS})
            OR r.event_before IS NULL))
    ) AS ranges
  ) AS numbered WHERE position <= ${MAX_RANGES} ORDER BY "userId", "from"`;

const doubledOf = (ids: readonly string[]) => sql`
  SELECT recipient_user_id AS "userId", seq AS "from", seq AS "to", (array_agg(event_id ORDER BY event_id))[1] AS "eventBefore",
    (array_agg(event_id ORDER BY event_id))[2] AS "eventAfter"
  FROM notifications WHERE recipient_user_id = ANY(${ids}::uuid[])
  GROUP BY recipient_user_id, seq HAVING count(*) > 1 ORDER BY 1, 2 LIMIT ${MAX_RANGES * ids.length}`;

const MEND = 'docs/operations.md, "Mending what verify finds"';

function counterDefects({ userId, lastSeq, unreadCount, highest, unread, rows, older }: Inbox): DefectView[] {
  const wrong: string[] = [];
  if (lastSeq === null && rows > 0) wrong.push(`there is no counter for ${rows} notifications`);
  if (lastSeq !== null && (highest ?? 0n) > lastSeq) wrong.push(`last_seq is ${lastSeq}, and a row has seq ${highest}`);
  // Unread ones of a detached month are counted until the count is set again.
  const uncertain = older && (unreadCount ?? 0) > unread;
  if (lastSeq !== null && unreadCount !== unread && !uncertain) {
    wrong.push(`unread_count is ${unreadCount}, and ${unread} rows are unread`);
  }
  return wrong.map((detail) => ({
    kind: 'counter_wrong',
    severity: 'critical',
    eventId: null,
    userIds: [userId],
    detail,
    remedy: `set the counter from the rows: ${MEND}`,
  }));
}

const doubledDefect = ({ userId, from, eventBefore, eventAfter }: Range): DefectView => ({
  kind: 'seq_doubled',
  severity: 'critical',
  eventId: eventAfter,
  userIds: [userId],
  detail: `seq ${from} belongs to the events ${eventBefore} and ${eventAfter}: a client drops one of them`,
  remedy: `give the younger row the next seq: ${MEND}`,
});

const holeDefect = ({ userId, from, to, eventBefore, eventAfter }: Range): DefectView => ({
  kind: 'seq_missing',
  severity: 'critical',
  eventId: null,
  userIds: [userId],
  detail:
    (from === to ? `seq ${from} has no row` : `seqs ${from} to ${to} have no rows`) +
    `, between the events ${eventBefore ?? '(none)'} and ${eventAfter ?? '(none)'}`,
  remedy: `find the event and restore the row: ${MEND}`,
});
