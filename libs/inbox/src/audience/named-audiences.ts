import { lockPatience } from '@convene/prisma/database/lock-patience';
import { sql, type Template } from '@convene/prisma/database/sql';
import { type NotificationDraft, numbered, type ReactionSubject } from './draft';
import { conditionsOf, DRAFT_COLUMNS, writeRows, WRITTEN, WRITTEN_ROW } from './written-rows';

/** A reaction that names its recipients. */
export interface NamedReaction {
  readonly event: ReactionSubject;
  readonly reaction: string;
  readonly drafts: readonly NotificationDraft[];
}

/** Stands for a reaction without drafts, whose only row is that of the ledger. */
const NO_DRAFT = [{ position: 0, users: [] }];

/** The same text for reactions that lock the same counters. */
export function recipientsOf({ drafts }: NamedReaction): string {
  return [...new Set(drafts.flatMap(({ users }) => users))].sort().join(' ');
}

/**
 * All of the reactions in one statement: their ledger rows, and the rows of `writeRows`. Of a reaction that was over before
 * it writes nothing and returns nothing. It inserts ledger rows in the order of their keys, so that two statements with the
 * same reactions wait for each other instead of deadlocking. It waits shortly for locks, unless all are about the same recipients.
 * @returns rows with `doneEventId` and `doneReaction`; a notification's columns are null where the reaction has none.
 */
export function writeNamedAudiences(reactions: readonly NamedReaction[]): Template {
  const isShort = new Set(reactions.map(recipientsOf)).size > 1;
  const asked = reactions.flatMap(({ event, reaction, drafts }) => {
    const { id: event_id, companyId: company_id, actorId: actor_id, membershipVersion: version } = event;
    const subject = { event_id, reaction, company_id, actor_id, version };
    return (drafts.length > 0 ? numbered(drafts) : NO_DRAFT).map((draft) => ({ ...subject, ...draft }));
  });
  // As JSON, whose length the planner does not look at: one plan serves all.
  return sql`
    WITH ${lockPatience(isShort)}, asked AS (
      SELECT a.* FROM patience, jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        AS a(event_id uuid, reaction text, company_id uuid, actor_id uuid, version int, ${DRAFT_COLUMNS})
    ), done AS (
      INSERT INTO inbox (event_id, reaction, state) SELECT DISTINCT event_id, reaction, 'done'::"ReactionState" FROM asked ORDER BY 1, 2
      ON CONFLICT DO NOTHING
      RETURNING event_id, reaction
    ), chosen AS (
      SELECT a.*, unnest(a.users) AS user_id FROM asked a JOIN done USING (event_id, reaction)
    ), ${writeRows(conditionsOf(reactions.flatMap(({ drafts }) => drafts)))}
    SELECT done.event_id AS "doneEventId", done.reaction AS "doneReaction", ${WRITTEN_ROW}
    FROM done LEFT JOIN ${WRITTEN} ON w.event_id = done.event_id`;
}
