import { Client } from 'pg';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { OutboxStore } from '@convene/messaging/outbox/outbox-store';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { InboxRows } from '@convene/testing/inbox-rows';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { measured } from './measured';

const EVENTS = 2_000;
const PEOPLE = 200;
const AT_ONCE = 50;
const TOLERANCE = 0.25;
const WAL_EVENTS = 500;
const RECIPIENTS = 100;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Events, each with a notification for so many recipients, as the api-gateway and a worker commit them. */
async function commitEvents(count: number, recipients: number): Promise<void> {
  const rows = await InboxRows.connect(database.url);
  const people = await rows.users(PEOPLE);
  await rows.end();
  const own = new Database({ databaseUrl: database.url, applicationName: 'spec' });
  const [outbox, writer] = [new OutboxStore(own), new NotificationWriter(own)];
  const params = { inviteId: people[0]?.id, companyName: 'Acme Incorporated', inviteeName: 'Bo Nilsson' };
  for (let from = 0; from < count; from += AT_ONCE) {
    const events = await own.query<{ id: string }>(sql`
      INSERT INTO domain_events (id, type, payload, actor_id, traceparent, claimed_until)
      SELECT next_event_id(n), 'invites.rejected', ${JSON.stringify({ ...params, inviterId: people[1]?.id })}::jsonb,
        ${people[2]?.id}::uuid, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', clock_timestamp()
      FROM generate_series(1, ${AT_ONCE}::int) AS n RETURNING id`);
    await outbox.markPublished(events.map(({ id }) => id));
    await Promise.all(
      events.map(({ id }, nth) => {
        const subject = { id, occurredAt: '', actorId: null, companyId: null, membershipVersion: null };
        const users = Array.from({ length: recipients }, (_, one) => people[(from + nth + one) % PEOPLE]?.id as string);
        const draft = { users, roles: [], except: [], code: 'INVITE_REJECTED', params, personal: false };
        return writer.commit(subject, 'notify-inviter-when-rejected', [draft]);
      }),
    );
  }
  await own.onApplicationShutdown();
}

const TABLES = ['domain_events', 'inbox', 'notifications'] as const;

/** With all indexes: the pages of the table and its partitions. */
async function sizesOf(): Promise<number[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`VACUUM ANALYZE ${TABLES.join(', ')}`);
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT sum(pg_total_relation_size(relid))::float8 AS bytes
     FROM unnest($1::text[]) WITH ORDINALITY AS t (name, nth), pg_partition_tree(name::regclass) WHERE isleaf GROUP BY nth ORDER BY nth`,
    [TABLES],
  );
  await client.end();
  return rows.map(({ bytes }) => bytes);
}

/**
 * What the transactions on this database write to the WAL meanwhile, without images of whole pages. Other specs may use the server,
 * so their records are left out, by the database that they are about.
 */
async function walOf(work: () => Promise<void>): Promise<number> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
    const lsn = async () =>
      (await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn')).rows[0]?.lsn;
    const from = await lsn();
    await work();
    const { rows } = await client.query<{ bytes: number }>(
      `WITH records AS (SELECT * FROM pg_get_wal_records_info($1::pg_lsn, $2::pg_lsn)), own AS (
         SELECT DISTINCT xid FROM records, pg_database
         WHERE datname = current_database() AND coalesce(block_ref, '') LIKE '%/' || oid || '/%' AND xid::text <> '0'
       )
       SELECT sum(record_length - fpi_length)::float8 AS bytes FROM records WHERE xid IN (SELECT xid FROM own)`,
      [from, await lsn()],
    );
    return rows[0]?.bytes ?? NaN;
  } finally {
    await client.end();
  }
}

it('stores as many bytes per event as the model assumes', async () => {
  const empty = await sizesOf();
  await commitEvents(EVENTS, 1);
  const full = await sizesOf();
  const { event, ledger, notification } = measured.storedBytes;
  for (const [nth, figure] of [event, ledger, notification].entries()) {
    const bytes = ((full[nth] ?? NaN) - (empty[nth] ?? NaN)) / EVENTS;
    const about = `${TABLES[nth]}: ${bytes.toFixed(0)} bytes per row, measured.ts says ${figure.value}`;
    expect([about, Math.abs(bytes / figure.value - 1) <= TOLERANCE]).toEqual([about, true]);
  }
}, 60_000);

const expectNear = (what: string, bytes: number, figure: number) => {
  const about = `${what}: ${bytes.toFixed(0)} bytes of WAL, measured.ts says ${figure}`;
  expect([about, Math.abs(bytes / figure - 1) <= TOLERANCE]).toEqual([about, true]);
};

it('writes as much WAL per event and per further recipient as the model assumes', async () => {
  const one = (await walOf(() => commitEvents(WAL_EVENTS, 1))) / WAL_EVENTS;
  const many = (await walOf(() => commitEvents(WAL_EVENTS, RECIPIENTS))) / WAL_EVENTS;
  expectNear('an event with one recipient', one, measured.wal.event.value);
  expectNear('a further recipient', (many - one) / (RECIPIENTS - 1), measured.wal.recipient.value);
}, 60_000);
