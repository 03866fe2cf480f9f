import { Database } from '@convene/prisma/database/database';
import { retryInPlace } from '@convene/prisma/database/retry';
import { sql } from '@convene/prisma/database/sql';
import { NIL } from '@convene/prisma/ids';

const BATCH = 1_000;

/**
 * Replaces fields in the params of all notifications of an event: first in the drafts of a large audience, then in the
 * written rows. In this order no chunk can write the old words after the rows were looked through.
 */
export async function eraseParams(database: Database, eventId: string, fields: Record<string, string>): Promise<void> {
  await eraseFromDrafts(database, eventId, fields);
  await eraseFromRows(database, eventId, fields);
}

/** Waits for a chunk that is being written: it holds the lock of this row. */
async function eraseFromDrafts(database: Database, eventId: string, fields: Record<string, string>): Promise<void> {
  await retryInPlace(() =>
    database.execute(sql`
      UPDATE audiences a SET drafts = (
        SELECT jsonb_agg(jsonb_set(d.draft, '{params}', (d.draft -> 'params') || (
          SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(${JSON.stringify(fields)}::jsonb) f
          WHERE d.draft -> 'params' ? f.key)) ORDER BY d.place)
        FROM jsonb_array_elements(a.drafts) WITH ORDINALITY AS d(draft, place))
      WHERE a.event_id = ${eventId}::uuid`),
  );
}

async function eraseFromRows(database: Database, eventId: string, fields: Record<string, string>): Promise<void> {
  let after: string | undefined = NIL;
  while (after !== undefined) {
    const from: string = after;
    const recipients: { id: string }[] = await retryInPlace(() =>
      database.query<{ id: string }>(sql`
      WITH batch AS MATERIALIZED (
        SELECT recipient_user_id AS id FROM notifications
        WHERE event_id = ${eventId}::uuid AND recipient_user_id > ${from}::uuid
        ORDER BY recipient_user_id LIMIT ${BATCH}
      ), erased AS (
        UPDATE notifications n SET params = n.params || (
          SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(${JSON.stringify(fields)}::jsonb) f
          WHERE n.params ? f.key)
        FROM batch b WHERE n.event_id = ${eventId}::uuid AND n.recipient_user_id = b.id
      )
      SELECT id FROM batch ORDER BY id`),
    );
    after = recipients.length < BATCH ? undefined : recipients.at(-1)?.id;
  }
}
