import { Client } from 'pg';
import { v7 } from 'uuid';
import type { Database } from '@convene/prisma/database/database';
import type { Template } from '@convene/prisma/database/sql';
import { executedPlanOf, type SentStatement } from '@convene/testing/executed-plan';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { InboxReader } from './inbox-reader';
import type { NotificationRow } from './notification-row';
import { NotificationWriter } from './notification-writer';
import { ProcessedReactions } from './processed-reactions';
import { readHistory } from './read-history';
import { findNotification, readPage } from './read-notifications';
import { hasSnoozed, settleOldNotifications } from './settle-old';

jest.setTimeout(60_000);

const MONTHS = 24;
/** Of the person; four times as many are of others. */
const PER_MONTH = 100;
const ANA = v7();
const LIMIT = 26;
/** The months, this one, those to come and the safety net. */
const PARTITIONS = MONTHS + 5;
/** Of the index of a partition, to its first entry, and of the table. */
const PAGES_EACH = 4;

let database: TestDatabase;
let client: Client;
/** An event of each month, the latest first. */
const events = Array.from({ length: MONTHS + 1 }, (_, ago) => pastId(ago));
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await createPastPartitions(client, MONTHS);
  await client.query(
    `INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, 'ana@example.com', '-', 'Ana')`,
    [ANA],
  );
  for (const [ago, id] of events.entries()) await fillMonth(MONTHS - ago, id);
  const last = (MONTHS + 1) * PER_MONTH;
  await client.query('INSERT INTO inbox_counters (user_id, last_seq, unread_count) VALUES ($1, $2, 0)', [ANA, last]);
  await client.query('ANALYZE');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** @param nth The number of the month, by which the seqs of the person rise. */
async function fillMonth(nth: number, eventId: string): Promise<void> {
  const id = `(CASE WHEN n = 1 THEN '${eventId}' ELSE substr('${eventId}', 1, 14) || substr(gen_random_uuid()::text, 15) END)::uuid`;
  await client.query(`
    WITH made AS (
      INSERT INTO domain_events (id, type, payload, published_at)
      SELECT ${id}, 'x.y', '{}', now() FROM generate_series(1, ${PER_MONTH * 5}) n RETURNING id
    ), ledger AS (
      INSERT INTO inbox (event_id, reaction, state) SELECT id, 'r', 'done' FROM made
    ), numbered AS (
      SELECT id, row_number() OVER (ORDER BY id <> '${eventId}') AS n FROM made
    ), written AS (
      INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at, archived_at)
      SELECT id, CASE WHEN n <= ${PER_MONTH} THEN '${ANA}' ELSE gen_random_uuid() END, ${nth * PER_MONTH} + n, 'X', '{}',
        CASE WHEN n % 2 = 0 THEN now() END, CASE WHEN n % 5 = 0 THEN now() END
      FROM numbered RETURNING event_id, recipient_user_id
    )
    INSERT INTO notification_steps (id, event_id, recipient_user_id, step)
    SELECT gen_random_uuid(), event_id, recipient_user_id, 'sent' FROM written`);
}

/** The statements that a function sends, of which each finds nothing. */
async function statementsOf(work: (database: Database) => unknown): Promise<SentStatement[]> {
  const sent: SentStatement[] = [];
  const note = ({ text, values }: Template) => {
    sent.push({ text, values });
    return Promise.resolve([]);
  };
  await work({ query: note, execute: note } as unknown as Database);
  return sent;
}
const plansOf = async (work: (database: Database) => unknown) => {
  const plans = [];
  for (const statement of await statementsOf(work)) plans.push(await executedPlanOf(client, statement));
  return plans;
};
const tablesOf = async (work: (database: Database) => unknown) =>
  (await plansOf(work)).flatMap(({ tables }) => tables).sort();
const of = (ago: number, ...tables: string[]) => tables.map((table) => `${table}_${pastMonth(ago)}`).sort();

describe.each([0, 1, 12, MONTHS])(
  'what is asked for by its event, %i months ago, is looked for in that month alone:',
  (ago) => {
    const eventId = events[ago]!;

    it('one notification', async () => {
      expect(await tablesOf((db) => findNotification(db, ANA, eventId))).toEqual(of(ago, 'notifications'));
    });

    it('its history', async () => {
      const row = { eventId, recipientUserId: ANA, seq: 1n } as unknown as NotificationRow;
      const tables = await tablesOf((db) => readHistory(db, row));
      expect(tables.filter((table) => table !== 'sessions')).toEqual(of(ago, 'inbox', 'notification_steps'));
    });

    it('the rows that an event wrote', async () => {
      expect(await tablesOf((db) => new NotificationWriter(db).rowsOf(eventId))).toEqual(of(ago, 'notifications'));
    });

    it('whether its reaction is over', async () => {
      const tables = await tablesOf((db) => new ProcessedReactions(db).isOver(eventId, 'r'));
      expect(tables).toEqual(of(ago, 'inbox'));
    });

    it('what the retention asks about its month', async () => {
      const range = { from: eventId, to: eventId.replace(/.{12}$/, 'ffffffffffff') };
      const tables = await tablesOf(async (db) => {
        await hasSnoozed(db, range);
        await settleOldNotifications(db, range, 500);
      });
      expect([...new Set(tables)]).toEqual(of(ago, 'notifications'));
    });
  },
);

describe('an inbox of two years', () => {
  it.each(['all', 'unread', 'read', 'archived', 'open'] as const)(
    'a page of %s reads one entry per month beside its rows, by an index',
    async (state) => {
      for (const before of [undefined, 1_000n]) {
        const [plan] = await plansOf((db) => readPage(db, ANA, { state, before, limit: LIMIT }));
        expect(plan!.scanned).toEqual([]);
        const lists = state === 'open' ? 2 : 1;
        expect(plan!.rows).toBeLessThanOrEqual(lists * (LIMIT + PARTITIONS));
        expect(plan!.pages).toBeLessThanOrEqual(lists * (PARTITIONS * PAGES_EACH + LIMIT));
      }
    },
  );

  it('a device at its head reads no notification, and one that resumes reads what it missed', async () => {
    const last = (MONTHS + 1) * PER_MONTH;
    const read = async (after: number) => {
      const [plan] = await plansOf((db) => new InboxReader(db).read([{ userId: ANA, after }]));
      return { ...plan!, months: plan!.tables.filter((table) => table.startsWith('notifications')) };
    };
    expect((await read(last)).months).toEqual([]);
    const missed = await read(last - 10);
    expect(missed.scanned.filter((table) => table.startsWith('notifications'))).toEqual([]);
    expect(missed.pages).toBeLessThanOrEqual(PARTITIONS * PAGES_EACH + 20);
  });
});
