import { sql, type Template } from '@convene/prisma/database/sql';
import { NIL } from '@convene/prisma/ids';
import { requestChunk } from './chunk-request';
import type { NotificationDraft, ReactionSubject } from './draft';
import { pageOfAudience } from './page';
import { subjectColumns } from './written-rows';

/** Recipients that a reaction writes itself. A larger audience is written by its own queue, so that no event waits for it. */
export const MAX_RECIPIENTS = 100;

/** How many recipients the drafts name; undefined where only PostgreSQL knows how many there are. */
export function namedRecipients(drafts: readonly NotificationDraft[]): number | undefined {
  return drafts.some(({ roles }) => roles.length > 0) ? undefined : new Set(drafts.flatMap(({ users }) => users)).size;
}

/** `pageOfAudience` needs a role; no draft of an audience that names all its recipients has this one. */
const UNUSED_ROLES = ['OWNER'];

/**
 * `chosen`, and `requested`, of a statement that has `done`, `drafts` and `composed`: for role holders, and for many named
 * users. The statement reads one recipient more than it may write: 101 found means a large audience, for which it keeps the
 * drafts and requests the first chunk instead.
 */
export function possiblyLarge(event: ReactionSubject, drafts: readonly NotificationDraft[]): Template {
  const addressed = [...new Set(drafts.flatMap((draft) => draft.roles))];
  const roles = addressed.length > 0 ? addressed : UNUSED_ROLES;
  const large = sql`(SELECT count(*) FROM page) > ${MAX_RECIPIENTS}`;
  return sql`
      ${pageOfAudience(event, roles, { after: NIL, limit: MAX_RECIPIENTS + 1 })},
      chosen AS (
        SELECT ${subjectColumns(event)}, a.user_id, d.*
        FROM done CROSS JOIN addressed a JOIN drafts d USING (position) WHERE NOT ${large}
      ), kept AS (
        INSERT INTO audiences (event_id, drafts)
        SELECT done.event_id, composed.drafts FROM done CROSS JOIN composed WHERE ${large}
      ), ${requestChunk(event, sql`${NIL}::text`, large)}`;
}
