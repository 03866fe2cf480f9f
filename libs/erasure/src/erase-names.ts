import { CATALOGUE } from '@convene/contracts/catalogue';
import { ERASED } from '@convene/contracts/erased';
import { Prisma } from '@convene/prisma/generated/client';
import type { PrismaService } from '@convene/prisma/prisma.service';
import { retryInPlace } from '@convene/prisma/transaction';

const EVENTS = 500;
const NOTIFICATIONS = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Which fields of which events hold a name or words, and which field says whose. */
const RULES = JSON.stringify(
  CATALOGUE.flatMap(({ type, names }) => Object.entries(names).map(([field, whose]) => ({ type, field, whose }))),
);

interface Named {
  readonly id: string;
  /** What takes the place of the person's; null for an event that has nothing of theirs. */
  readonly fields: Record<string, string> | null;
}

/**
 * Takes a person's name and words out of past events, and out of the notifications that came of them: of what they did,
 * and of what happened in each company they were ever in. The events stay, with their ids and facts. It goes through the
 * indexes in short statements; safe to repeat, and to interrupt.
 */
export async function eraseNames(prisma: PrismaService, userId: string): Promise<void> {
  const companies = await prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT company_id AS id FROM membership_periods WHERE user_id = ${userId}::uuid`;
  const sources = [
    Prisma.sql`actor_id = ${userId}::uuid`,
    ...companies.map(({ id }) => Prisma.sql`company_id = ${id}::uuid`),
  ];
  for (const source of sources) {
    let after: string | undefined = NIL;
    while (after !== undefined) {
      const events: Named[] = await eraseFromEvents(prisma, userId, source, after);
      for (const { id, fields } of events) {
        if (!fields) continue;
        // What is still to be written, first: then what is written already is all there is.
        await eraseFromAudience(prisma, id, fields);
        await eraseFromNotifications(prisma, id, fields);
      }
      after = events.length < EVENTS ? undefined : events.at(-1)?.id;
    }
  }
}

/** @returns the batch that was looked through, in order. */
function eraseFromEvents(prisma: PrismaService, userId: string, source: Prisma.Sql, after: string): Promise<Named[]> {
  return retryInPlace(
    () => prisma.$queryRaw<Named[]>`
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
    SELECT b.id, n.fields FROM batch b LEFT JOIN named n USING (id) ORDER BY b.id`,
  );
}

/** Waits for the chunk that is being written. */
async function eraseFromAudience(
  prisma: PrismaService,
  eventId: string,
  fields: Record<string, string>,
): Promise<void> {
  await retryInPlace(
    () => prisma.$executeRaw`
      UPDATE audiences a SET drafts = (
        SELECT jsonb_agg(jsonb_set(d.draft, '{params}', (d.draft -> 'params') || (
          SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(${JSON.stringify(fields)}::jsonb) f
          WHERE d.draft -> 'params' ? f.key)) ORDER BY d.place)
        FROM jsonb_array_elements(a.drafts) WITH ORDINALITY AS d(draft, place))
      WHERE a.event_id = ${eventId}::uuid`,
  );
}

async function eraseFromNotifications(
  prisma: PrismaService,
  eventId: string,
  fields: Record<string, string>,
): Promise<void> {
  let after: string | undefined = NIL;
  while (after !== undefined) {
    const from: string = after;
    const recipients: { id: string }[] = await retryInPlace(
      () => prisma.$queryRaw<{ id: string }[]>`
      WITH batch AS MATERIALIZED (
        SELECT recipient_user_id AS id FROM notifications
        WHERE event_id = ${eventId}::uuid AND recipient_user_id > ${from}::uuid
        ORDER BY recipient_user_id LIMIT ${NOTIFICATIONS}
      ), erased AS (
        UPDATE notifications n SET params = n.params || (
          SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(${JSON.stringify(fields)}::jsonb) f
          WHERE n.params ? f.key)
        FROM batch b WHERE n.event_id = ${eventId}::uuid AND n.recipient_user_id = b.id
      )
      SELECT id FROM batch ORDER BY id`,
    );
    after = recipients.length < NOTIFICATIONS ? undefined : recipients.at(-1)?.id;
  }
}
