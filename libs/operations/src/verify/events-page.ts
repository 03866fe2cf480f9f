import type { DefectView, VerifyQuery } from '@convene/contracts/ops/verification';
import { sql, type Template } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { NIL } from '@convene/prisma/ids';
import { AUDIENCE_FACTS_JSON } from './audience-facts';
import { MAX_USERS, type Page } from './page';
import { PAST_PARTITIONS } from './past-partitions';

interface Examined {
  readonly id: string;
  readonly type: string;
  readonly pending: boolean;
  readonly attempts: number;
}

interface Unprocessed {
  readonly id: string;
  readonly type: string;
  readonly reaction: string;
  readonly queue: string;
  /** The sweeper of the queue has the event behind it, and will not look at it again. */
  readonly passed: boolean;
}

interface Missing {
  readonly id: string;
  readonly type: string;
  readonly reaction: string;
  readonly userIds: string[];
}

/**
 * The next events by id that are older than the grace period: published, each reaction that existed in the ledger, rows for
 * whoever is entitled, and no delivery of a row that is gone.
 */
export async function eventsPage(tx: Transaction, query: VerifyQuery): Promise<Page> {
  const page = pageOf(query);
  const [examined, unprocessed, withoutRows, removed] = await Promise.all([
    tx.query<Examined>(sql`
      SELECT id, type, published_at IS NULL AS pending, attempts FROM ${page} AS p ORDER BY id`),
    tx.query<Unprocessed>(unprocessedOf(page)),
    tx.query<Missing>(withoutRowsOf(page)),
    tx.query<{ id: string; userIds: string[] }>(removedOf(page)),
  ]);
  return {
    examined: examined.length,
    next: examined.length < query.limit ? null : (examined.at(-1)?.id ?? null),
    defects: [
      ...examined.filter(({ pending }) => pending).map(unpublishedDefect),
      ...unprocessed.map(unprocessedDefect),
      ...withoutRows.map(withoutRowsDefect),
      ...removed.map(removedDefect),
    ],
  };
}

/** By the primary key between two bounds: a page costs the same however long the history. */
function pageOf({ after, since, graceSeconds, limit }: VerifyQuery): Template {
  const begin =
    after !== undefined
      ? sql`${after}::uuid`
      : since !== undefined
        ? sql`uuid_v7_floor(${since}::timestamptz)`
        : sql`${NIL}::uuid`;
  return sql`(
    SELECT * FROM domain_events
    WHERE id > ${begin} AND id < uuid_v7_floor(now() - make_interval(secs => ${graceSeconds}))
    ORDER BY id LIMIT ${limit})`;
}

/** Reactions that wait for their next attempt, or that a replay stands for, are at work; dead ones are in the ledger. */
const unprocessedOf = (page: Template) => sql`
  SELECT p.id, p.type, r.name AS reaction, r.queue, coalesce(s.watermark >= p.id, false) AS passed
  FROM ${page} AS p
  JOIN reactions r ON r.event_type = p.type AND r.registered_at <= p.occurred_at
  LEFT JOIN sweep_watermarks s ON s.queue = r.queue
  WHERE p.published_at IS NOT NULL AND p.id >= ${PAST_PARTITIONS}
    AND NOT EXISTS (SELECT FROM inbox i WHERE i.event_id = p.id AND i.reaction = r.name)
    AND NOT EXISTS (SELECT FROM reaction_waits w WHERE w.event_id = p.id AND w.reaction = r.name)
    AND NOT EXISTS (
      SELECT FROM operator_act_items o
      WHERE o.event_id = p.id AND o.reaction = r.name AND o.state IN ('taken', 'sent'))
  ORDER BY p.id`;

/**
 * Events that notified no user although one is entitled for certain: left out is whoever may have been excluded then, by a
 * preference, a block (also one that is lifted) or a deletion. Events of which only some rows are missing leave holes in `seq`.
 */
const withoutRowsOf = (page: Template) => sql`
  SELECT p.id, p.type, i.reaction, (array_agg(DISTINCT who.user_id))[1:${MAX_USERS}] AS "userIds"
  FROM ${page} AS p
  JOIN inbox i ON i.event_id = p.id AND i.state = 'done'
  JOIN jsonb_to_recordset(${AUDIENCE_FACTS_JSON}::jsonb) AS f(reaction text, users text[], roles text[], "except" text[],
    "onlyMembers" boolean, personal boolean, unless text) ON f.reaction = i.reaction
  CROSS JOIN LATERAL (
    SELECT value::uuid AS user_id
    FROM unnest(f.users) AS field, jsonb_array_elements_text(
      CASE jsonb_typeof(p.payload::jsonb -> field) WHEN 'array' THEN p.payload::jsonb -> field
        WHEN 'string' THEN jsonb_build_array(p.payload::jsonb -> field) ELSE '[]' END) AS value
    UNION
    SELECT m.user_id FROM membership_periods m
    WHERE m.company_id = p.company_id AND m.role::text = ANY(f.roles)
      AND (p.payload ->> 'audience') IS DISTINCT FROM 'users'
      AND m.from_version <= p.membership_version AND p.membership_version < coalesce(m.to_version, 2147483647)
      AND NOT EXISTS (SELECT FROM unnest(f."except") AS field WHERE p.payload ->> field = m.user_id::text)
  ) AS who
  JOIN users u ON u.id = who.user_id AND u.deleted_at IS NULL
  WHERE p.id >= ${PAST_PARTITIONS}
    AND who.user_id IS DISTINCT FROM p.actor_id
    AND (NOT f."onlyMembers" OR EXISTS (
      SELECT FROM membership_periods m WHERE m.company_id = p.company_id AND m.user_id = who.user_id
        AND m.from_version <= p.membership_version AND p.membership_version < coalesce(m.to_version, 2147483647)))
    AND (p.payload ->> f.unless) IS DISTINCT FROM 'true'
    AND NOT EXISTS (SELECT FROM preferences x WHERE x.user_id = who.user_id AND x.channel = 'SOCKET')
    AND NOT (f.personal AND (
      EXISTS (SELECT FROM blocks b WHERE b.blocker_id = who.user_id AND b.blocked_id = p.actor_id)
      OR EXISTS (SELECT FROM domain_events b WHERE b.actor_id = who.user_id AND b.type = 'friendships.blocked')))
    AND NOT EXISTS (SELECT FROM notifications n WHERE n.event_id = p.id)
    AND NOT EXISTS (SELECT FROM audiences a WHERE a.event_id = p.id)
  GROUP BY p.id, p.type, i.reaction ORDER BY p.id`;

/** A delivery is recorded for a row: without the row, that was removed. A deleted notification is still a row. */
const removedOf = (page: Template) => sql`
  SELECT p.id, (array_agg(DISTINCT s.recipient_user_id))[1:${MAX_USERS}] AS "userIds"
  FROM ${page} AS p
  JOIN notification_steps s ON s.event_id = p.id
  JOIN users u ON u.id = s.recipient_user_id AND u.deleted_at IS NULL
  WHERE p.id >= ${PAST_PARTITIONS}
    AND NOT EXISTS (
      SELECT FROM notifications n WHERE n.event_id = p.id AND n.recipient_user_id = s.recipient_user_id)
  GROUP BY p.id ORDER BY p.id`;

const unpublishedDefect = ({ id, type, attempts }: Examined): DefectView => ({
  kind: 'event_unpublished',
  severity: 'warning',
  eventId: id,
  userIds: [],
  detail: `${type} is not published after ${attempts} attempts: its notifications, mails and pushes wait`,
  remedy: 'ops outbox shows how much waits; docs/runbooks/OutboxLagging.md',
});

const unprocessedDefect = ({ id, type, reaction, queue, passed }: Unprocessed): DefectView => ({
  kind: 'event_unprocessed',
  severity: passed ? 'critical' : 'warning',
  eventId: id,
  userIds: [],
  detail:
    `${type} is marked as published, and ${reaction} is neither done, dead nor waiting for a retry; ` +
    (passed ? `the sweeper of ${queue} has passed it` : `the sweeper of ${queue} has not passed it yet`),
  remedy: passed
    ? `set the sweeper of ${queue} back: docs/operations.md, "Mending what verify finds"`
    : `none while a worker consumes ${queue}: its sweeper puts the event back (ops queues)`,
});

const withoutRowsDefect = ({ id, type, reaction, userIds }: Missing): DefectView => ({
  kind: 'recipients_missing',
  severity: 'critical',
  eventId: id,
  userIds,
  detail: `${reaction} is done for ${type}, users are entitled, and nobody has a notification`,
  remedy: 'let the reaction run again: docs/operations.md, "Mending what verify finds"',
});

const removedDefect = ({ id, userIds }: { id: string; userIds: string[] }): DefectView => ({
  kind: 'row_removed',
  severity: 'critical',
  eventId: id,
  userIds,
  detail: 'a delivery of the notification is recorded, and its row is gone',
  remedy: 'restore the row: docs/operations.md, "Mending what verify finds"',
});
