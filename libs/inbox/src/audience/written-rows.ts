import { noSql, sql, type Template } from '@convene/prisma/database/sql';
import { notificationColumns } from '../notification-row';
import { isQuiet } from '../quiet-hours';
import type { ReactionSubject } from './draft';

/** `drafts`, from JSON: the planner ignores its length, so one plan serves all. */
export function draftsFrom(json: Template): Template {
  return sql`
    drafts AS (
      SELECT * FROM jsonb_to_recordset(${json})
        AS d(position int, users uuid[], roles text[], "except" uuid[], code text, params jsonb, personal boolean)
    )`;
}

/**
 * The end of a statement that has `drafts`, and `chosen (user_id, position)` of them: for each entitled recipient the next
 * seq, and the row. Not entitled are the actor, deleted accounts, recipients with the code's SOCKET preference off, and,
 * for personal drafts, recipients who have blocked the actor: they get neither row nor seq. The statement locks counters
 * last and in recipient order, so that statements with overlapping audiences wait for each other instead of deadlocking.
 * Each counter has its row and each row its counter; the FULL JOIN makes PostgreSQL hash or merge, where for an inner join
 * it expects one row and compares each with each.
 *
 * Example: Bo (`last_seq 7, unread_count 2, version 9`) and Cy (no counter yet) are entitled, Di has the code off. The
 * statement writes seq 8 for Bo and seq 1 for Cy; their counters become `8, 3, 10` and `1, 1, 1`; Di's stays as it is.
 * @param personal Whether a draft is personal: the statement without that part is planned faster.
 */
export function writeRows({ id, companyId, actorId }: ReactionSubject, personal: boolean): Template {
  const unblocked = sql`
        AND NOT (d.personal AND EXISTS (
          SELECT 1 FROM blocks b WHERE b.blocker_id = c.user_id AND b.blocked_id = ${actorId}::uuid))`;
  return sql`
    audience AS (
      SELECT DISTINCT ON (c.user_id) c.user_id, d.code, d.params,
        ${isQuiet(sql`statement_timestamp()`)} AS silent
      FROM chosen c JOIN drafts d USING (position)
      JOIN users u ON u.id = c.user_id AND u.deleted_at IS NULL
      LEFT JOIN quiet_hours q ON q.user_id = u.id
      WHERE c.user_id <> ALL(d."except") AND c.user_id IS DISTINCT FROM ${actorId}::uuid
        AND NOT EXISTS (
          SELECT 1 FROM preferences off
          WHERE off.user_id = c.user_id AND off.code = d.code AND off.channel = 'SOCKET' AND NOT off.enabled)
        ${personal ? unblocked : noSql}
      ORDER BY c.user_id, d.position
    ), counters AS (
      INSERT INTO inbox_counters (user_id, last_seq, unread_count, version)
      SELECT user_id, 1, 1, 1 FROM audience ORDER BY user_id
      ON CONFLICT (user_id) DO UPDATE SET
        last_seq = inbox_counters.last_seq + 1,
        unread_count = inbox_counters.unread_count + 1,
        version = inbox_counters.version + 1
      RETURNING user_id, last_seq, unread_count, version
    ), written AS (
      INSERT INTO notifications
        (event_id, recipient_user_id, seq, code, params, silent, company_id, sender_user_id, created_at)
      SELECT ${id}::uuid, user_id, c.last_seq, a.code, a.params, a.silent, ${companyId}::uuid, ${actorId}::uuid,
        clock_timestamp()
      FROM audience a FULL JOIN counters c USING (user_id)
      RETURNING *
    )`;
}

export const WRITTEN = sql`(written w FULL JOIN counters c ON c.user_id = w.recipient_user_id)`;

/** The select list over `WRITTEN`. */
export const WRITTEN_ROW = sql`${notificationColumns('w')},
  jsonb_build_object('count', c.unread_count, 'version', c.version) AS unread`;
