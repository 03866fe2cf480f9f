import { noSql, sql, type Template } from '@convene/prisma/database/sql';
import { notificationColumns } from '../notification-row';
import { isQuiet } from '../quiet-hours';
import type { NotificationDraft, ReactionSubject } from './draft';

/** The fields of a draft in `jsonb_to_recordset`. */
export const DRAFT_COLUMNS = sql`position int, users uuid[], roles text[], "except" uuid[], code text, params jsonb,
          personal boolean, "onlyMembers" boolean`;

/** `drafts`, from JSON: the planner ignores its length, so one plan serves all. */
export function draftsFrom(json: Template): Template {
  return sql`
    drafts AS (
      SELECT * FROM jsonb_to_recordset(${json}) AS d(${DRAFT_COLUMNS})
    )`;
}

/** What `writeRows` needs of the event, where all rows are about one: columns of `chosen`. */
export function subjectColumns({ id, companyId, actorId, membershipVersion }: ReactionSubject): Template {
  return sql`${id}::uuid AS event_id, ${companyId}::uuid AS company_id, ${actorId}::uuid AS actor_id,
          ${membershipVersion}::int AS version`;
}

/** The conditions of drafts that a statement has to check: without those that no draft has, it is planned faster. */
export type Conditions = Readonly<Record<keyof typeof CONDITIONS, boolean>>;

export const ALL_CONDITIONS: Conditions = { personal: true, onlyMembers: true };

export function conditionsOf(drafts: readonly NotificationDraft[]): Conditions {
  return {
    personal: drafts.some(({ personal }) => personal),
    onlyMembers: drafts.some(({ onlyMembers }) => onlyMembers === true),
  };
}

const CONDITIONS = {
  personal: sql`
        AND NOT (c.personal AND EXISTS (
          SELECT 1 FROM blocks b WHERE b.blocker_id = c.user_id AND b.blocked_id = c.actor_id))`,
  onlyMembers: sql`
        AND (c."onlyMembers" IS NOT TRUE OR EXISTS (
          SELECT 1 FROM membership_periods p
          WHERE p.company_id = c.company_id AND p.user_id = c.user_id
            AND p.from_version <= c.version AND c.version < coalesce(p.to_version, 2147483647)))`,
};

/**
 * The end of a statement that has `chosen`, one row per event, user and draft: `event_id, company_id, actor_id, version,
 * user_id` and the columns of the draft. For each entitled recipient of an event it writes the next seq, and the row. Not
 * entitled are the actor, deleted accounts, recipients with the code's SOCKET preference off, and those whom a condition of
 * the draft excludes: they get neither row nor seq. A recipient of several drafts of an event gets the first, a recipient
 * of several events one row of each, in the order of their ids.
 *
 * The statement locks counters last and in recipient order, so that statements with overlapping audiences wait for each other
 * instead of deadlocking. Each counter has its rows and each row its counter; the FULL JOINs make PostgreSQL hash or merge,
 * where for an inner join it expects one row and compares each with each.
 *
 * Example: of the event e1, Bo (`last_seq 7, unread_count 2, version 9`) and Cy (no counter yet) are entitled, Di has the
 * code off; of e2, Bo. The statement writes seq 8 (e1) and 9 (e2) for Bo, and seq 1 for Cy; their counters become `9, 4, 11`
 * and `1, 1, 1`; Di's stays as it is.
 */
export function writeRows({ personal, onlyMembers }: Conditions): Template {
  return sql`
    audience AS (
      SELECT DISTINCT ON (c.user_id, c.event_id) c.user_id, c.event_id, c.company_id, c.actor_id, c.code, c.params,
        ${isQuiet(sql`statement_timestamp()`)} AS silent
      FROM chosen c
      JOIN users u ON u.id = c.user_id AND u.deleted_at IS NULL
      LEFT JOIN quiet_hours q ON q.user_id = u.id
      WHERE c.user_id <> ALL(c."except") AND c.user_id IS DISTINCT FROM c.actor_id
        AND NOT EXISTS (
          SELECT 1 FROM preferences off
          WHERE off.user_id = c.user_id AND off.code = c.code AND off.channel = 'SOCKET' AND NOT off.enabled)
        ${personal ? CONDITIONS.personal : noSql}
        ${onlyMembers ? CONDITIONS.onlyMembers : noSql}
      ORDER BY c.user_id, c.event_id, c.position
    ), numbered AS (
      SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY event_id) - count(*) OVER (PARTITION BY user_id) AS behind
      FROM audience
    ), counters AS (
      INSERT INTO inbox_counters (user_id, last_seq, unread_count, version)
      SELECT user_id, count(*), count(*), count(*) FROM audience GROUP BY user_id ORDER BY user_id
      ON CONFLICT (user_id) DO UPDATE SET
        last_seq = inbox_counters.last_seq + excluded.last_seq,
        unread_count = inbox_counters.unread_count + excluded.unread_count,
        version = inbox_counters.version + excluded.version
      RETURNING user_id, last_seq, unread_count, version
    ), counted AS (
      SELECT user_id, n.event_id, n.company_id, n.actor_id, n.code, n.params, n.silent, c.last_seq + n.behind AS seq,
        jsonb_build_object('count', c.unread_count + n.behind, 'version', c.version + n.behind) AS unread
      FROM numbered n FULL JOIN counters c USING (user_id)
    ), written AS (
      INSERT INTO notifications
        (event_id, recipient_user_id, seq, code, params, silent, company_id, sender_user_id, created_at)
      SELECT event_id, user_id, seq, code, params, silent, company_id, actor_id, clock_timestamp() FROM counted
      RETURNING *
    )`;
}

export const WRITTEN = sql`(written w FULL JOIN counted c ON c.event_id = w.event_id AND c.user_id = w.recipient_user_id)`;

/** The select list over `WRITTEN`. */
export const WRITTEN_ROW = sql`${notificationColumns('w')}, c.unread`;
