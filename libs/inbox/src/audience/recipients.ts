import { noSql, sql, type Template } from '@convene/prisma/database/sql';
import { NO_CHUNK, requestChunk, REQUESTED_CHUNK } from './chunk-request';
import type { NotificationDraft, ReactionSubject } from './draft';
import { pageOfAudience, START } from './page';

/** Recipients that a reaction writes itself. A larger audience is written by its own queue, so that no event waits for it. */
export const MAX_RECIPIENTS = 100;

/**
 * The parts in which the statements of `NotificationWriter.commit` differ. Each statement has only what it needs, and
 * PostgreSQL plans it once for all executions.
 */
export interface Recipients {
  /** `chosen (user_id, position)`, of a statement that has `done`, `drafts` and `composed`. */
  readonly chosen: Template;
  readonly columns: Template;
  readonly joins: Template;
}

export function recipientsOf(event: ReactionSubject, drafts: readonly NotificationDraft[]): Recipients {
  const roles = [...new Set(drafts.flatMap((draft) => draft.roles))];
  const named = new Set(drafts.flatMap((draft) => draft.users)).size;
  if (roles.length === 0 && named <= MAX_RECIPIENTS) return namedUsers();
  return possiblyLarge(event, roles.length > 0 ? roles : UNUSED_ROLES);
}

function namedUsers(): Recipients {
  const chosen = sql`
      chosen AS (
        SELECT unnest(d.users) AS user_id, d.position FROM done CROSS JOIN drafts d
      )`;
  return { chosen, columns: NO_CHUNK, joins: noSql };
}

/** `pageOfAudience` needs a role; no draft of an audience that names all its recipients has this one. */
const UNUSED_ROLES = ['OWNER'];

/**
 * For role holders, and for many named users. The statement reads one recipient more than it may write: 101 found means
 * a large audience, for which it keeps the drafts and requests the first chunk instead.
 */
function possiblyLarge(event: ReactionSubject, roles: readonly string[]): Recipients {
  const large = sql`(SELECT count(*) FROM page) > ${MAX_RECIPIENTS}`;
  const chosen = sql`
      ${pageOfAudience(event, roles, { after: START, limit: MAX_RECIPIENTS + 1 })},
      chosen AS (
        SELECT a.user_id, a.position FROM done CROSS JOIN addressed a WHERE NOT ${large}
      ), kept AS (
        INSERT INTO audiences (event_id, drafts)
        SELECT done.event_id, composed.drafts FROM done CROSS JOIN composed WHERE ${large}
      ), ${requestChunk(event, sql`${START}::text`, large)}`;
  return { chosen, columns: REQUESTED_CHUNK, joins: sql`LEFT JOIN requested r ON true` };
}
