import type { DeadLetterFilter } from '@convene/contracts/ops/dead-letters';
import { joinSql, sql, type Template } from '@convene/prisma/database/sql';

/**
 * The dead reactions that a filter names, as `FROM … WHERE …` over the ledger `i`, its event `e` and its registration `r`.
 * Either is null where it is gone.
 */
export function deadReactions(filter: DeadLetterFilter): Template {
  const { queue, type, reaction, error, eventId, since, until } = filter;
  const conditions = [
    sql`i.state = 'dead'`,
    queue !== undefined && sql`r.queue = ${queue}`,
    type !== undefined && sql`coalesce(e.type, r.event_type) = ${type}`,
    reaction !== undefined && sql`i.reaction = ${reaction}`,
    error !== undefined && sql`strpos(lower(i.error), lower(${error})) > 0`,
    eventId !== undefined && sql`i.event_id = ${eventId}::uuid`,
    since !== undefined && sql`i.created_at >= ${since}::timestamptz`,
    until !== undefined && sql`i.created_at < ${until}::timestamptz`,
  ].filter((condition) => condition !== false);
  return sql`
    FROM inbox i
    LEFT JOIN reactions r ON r.name = i.reaction
    LEFT JOIN domain_events e ON e.id = i.event_id
    WHERE ${joinSql(conditions, ' AND ')}`;
}
