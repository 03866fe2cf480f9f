import { sql, type Template } from '@convene/prisma/database/sql';

type ItemState = 'planned' | 'taken' | 'sent';

/**
 * A change of an act's items `o`, all of which were in one state, together with the act's counts: these follow each change, so
 * that the items, which may be very many, are never counted.
 * @param change an UPDATE of items with `o.state = from` in its condition, without RETURNING
 */
export const moveItems = (actId: string, from: ItemState, change: Template): Template => sql`
  WITH moved AS (${change} RETURNING o.state::text AS state), changes AS (
    SELECT state, count(*) AS number FROM moved GROUP BY state
    UNION ALL SELECT ${from}, -count(*) FROM moved
  )
  UPDATE operator_acts a SET counts = (
    SELECT coalesce(jsonb_object_agg(state, number), '{}') FROM (
      SELECT state, sum(number) AS number FROM (
        SELECT state, number FROM changes UNION ALL SELECT key, value::bigint FROM jsonb_each_text(a.counts)) AS parts
      GROUP BY state HAVING sum(number) <> 0) AS sums)
  WHERE id = ${actId}::uuid AND EXISTS (SELECT FROM moved)`;
