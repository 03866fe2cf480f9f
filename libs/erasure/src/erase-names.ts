import { CATALOGUE } from '@convene/contracts/catalogue';
import { ERASED } from '@convene/contracts/erased';
import { eraseParams } from '@convene/inbox/erase-params';
import { Database } from '@convene/prisma/database/database';
import { retryInPlace } from '@convene/prisma/database/retry';
import { sql, type Template } from '@convene/prisma/database/sql';
import { NIL } from '@convene/prisma/ids';

const EVENTS = 500;

/** For each event type, the fields that hold a name or a text, and the field that holds the id of its author. */
const RULES = JSON.stringify(
  CATALOGUE.flatMap(({ type, names }) => Object.entries(names).map(([field, whose]) => ({ type, field, whose }))),
);

interface Named {
  readonly id: string;
  /** The replacements; null for an event without a name or text of the user. */
  readonly fields: Record<string, string> | null;
}

/**
 * Replaces a user's name and texts in past events and their notifications: in the events of which the user is the actor,
 * and in those of each company the user was ever a member of. The events keep their ids and facts. Short statements over
 * indexes; safe to repeat, and to interrupt.
 */
export async function eraseNames(database: Database, userId: string): Promise<void> {
  const companies = await database.query<{ id: string }>(sql`
    SELECT DISTINCT company_id AS id FROM membership_periods WHERE user_id = ${userId}::uuid`);
  const sources = [sql`actor_id = ${userId}::uuid`, ...companies.map(({ id }) => sql`company_id = ${id}::uuid`)];
  for (const source of sources) {
    let after: string | undefined = NIL;
    while (after !== undefined) {
      const events: Named[] = await eraseFromEvents(database, userId, source, after);
      for (const { id, fields } of events) {
        if (!fields) continue;
        await eraseParams(database, id, fields);
      }
      after = events.length < EVENTS ? undefined : events.at(-1)?.id;
    }
  }
}

/** @returns the whole batch, in order of ids. */
function eraseFromEvents(database: Database, userId: string, source: Template, after: string): Promise<Named[]> {
  return retryInPlace(() =>
    database.query<Named>(sql`
    WITH batch AS MATERIALIZED (
      SELECT id, type, payload FROM domain_events WHERE ${source} AND id > ${after}::uuid ORDER BY id LIMIT ${EVENTS}
    ), named AS MATERIALIZED (
      SELECT b.id, jsonb_object_agg(r.field, ${ERASED}::text) AS fields
      FROM batch b JOIN jsonb_to_recordset(${RULES}::jsonb) AS r(type text, field text, whose text)
        ON r.type = b.type AND b.payload ->> r.whose = ${userId}
      GROUP BY b.id
    ), erased AS (
      UPDATE domain_events e SET payload = e.payload || n.fields FROM named n WHERE e.id = n.id
    )
    SELECT b.id, n.fields FROM batch b LEFT JOIN named n USING (id) ORDER BY b.id`),
  );
}
