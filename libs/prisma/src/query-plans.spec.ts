import { Client } from 'pg';
import { v7 } from 'uuid';
import type { QueryPlan } from '@convene/testing/query-plan';
import { planOf } from '@convene/testing/query-plan';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';
import { ACME, ANA, BO, seed } from './query-plans.seed';

jest.setTimeout(60_000);

/** Each index the schema declares is there for a query: here it is, with the plan that needs the index. */
describe('the query plan', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await seed(client);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** An empty partition (of a month to come, or the safety net) may be scanned: that costs nothing. */
  const expectEmpty = async (table: string) => {
    const { rows } = await client.query(`SELECT FROM ${table} LIMIT 1`);
    expect([table, rows]).toEqual([table, []]);
  };
  const plan = async (sql: string, ...values: unknown[]): Promise<QueryPlan> => {
    const found = await planOf(client, sql, values);
    for (const table of found.scanned) await expectEmpty(table);
    return found;
  };
  const month = () => new Date().toISOString().slice(0, 7).replace('-', '_');

  describe('of users and companies:', () => {
    it.each<[string, string, unknown[], string[]]>([
      [
        'who has a company active (it was deleted, or they left)',
        'SELECT id FROM users WHERE active_company_id = $1',
        [ACME],
        ['users_active_company_id_idx'],
      ],
      [
        'the membership of a user',
        'SELECT role FROM memberships WHERE company_id = $1 AND user_id = $2',
        [ACME, ANA],
        ['memberships_pkey'],
      ],
      [
        'the companies of a user',
        'SELECT company_id FROM memberships WHERE user_id = $1',
        [ANA],
        ['memberships_user_id_idx'],
      ],
      [
        'whether two are friends',
        `SELECT id FROM friendships WHERE requester_id = $1 AND addressee_id = $2 AND status = 'ACCEPTED'`,
        [ANA, BO],
        ['friendships_requester_id_addressee_id_status_idx'],
      ],
      [
        'the incoming friend requests of a user',
        `SELECT id FROM friendships WHERE addressee_id = $1 AND status = 'PENDING' AND NOT withheld
         ORDER BY id DESC LIMIT 26`,
        [ANA],
        ['friendships_addressee_id_status_id_idx'],
      ],
      [
        'the outgoing friend requests of a user',
        `SELECT id FROM friendships WHERE requester_id = $1 AND status = 'PENDING' AND id < $2 ORDER BY id DESC LIMIT 26`,
        [ANA, v7()],
        ['friendships_requester_id_status_id_idx'],
      ],
      [
        'the blocks of a user',
        'SELECT id FROM blocks WHERE blocker_id = $1 ORDER BY id DESC LIMIT 26',
        [BO],
        ['blocks_blocker_id_id_idx'],
      ],
      [
        'the former companies of a user',
        'SELECT DISTINCT company_id FROM membership_periods WHERE user_id = $1',
        [BO],
        ['membership_periods_user_id_idx'],
      ],
      [
        'the invites that a user has answered',
        'SELECT id FROM invites WHERE decided_by_user_id = $1',
        [ANA],
        ['invites_decided_by_user_id_idx'],
      ],
      [
        'invites received',
        `SELECT id FROM invites WHERE email = $1 AND status = 'PENDING'`,
        ['u10@example.com'],
        ['invites_email_status_idx'],
      ],
      [
        "a page of a company's invites",
        'SELECT id FROM invites WHERE company_id = $1 AND id < $2 ORDER BY id DESC LIMIT 20',
        [ACME, v7()],
        ['invites_company_id_id_idx'],
      ],
      [
        "a page of a company's invites of one status",
        `SELECT id FROM invites WHERE company_id = $1 AND status = 'EXPIRED' AND id < $2 ORDER BY id DESC LIMIT 20`,
        [ACME, v7()],
        ['invites_company_id_status_id_idx'],
      ],
      [
        'how many invites of a company are pending: from the small index of those alone',
        `SELECT count(*) FROM invites WHERE company_id = $1 AND status = 'PENDING' AND expires_at > now()`,
        [ACME],
        ['invites_one_pending_key'],
      ],
      [
        'the overdue invites',
        `SELECT id FROM invites WHERE status = 'PENDING' AND expires_at <= now() - interval '1 hour' ORDER BY expires_at LIMIT 100`,
        [],
        ['invites_expiring_idx'],
      ],
      [
        'who wants to join a company',
        `SELECT id FROM join_requests WHERE company_id = $1 AND status = 'PENDING' AND id < $2 ORDER BY id DESC LIMIT 20`,
        [ACME, v7()],
        ['join_requests_company_id_status_id_idx'],
      ],
      [
        'recent revocations',
        `SELECT id FROM sessions WHERE revoked_at > now() - interval '15 minutes'`,
        [],
        ['sessions_revoked_at_idx'],
      ],
    ])('%s', async (_, sql, values, indexes) => {
      expect((await plan(sql, ...values)).indexes).toEqual(indexes);
    });

    it.each([
      ['the few admins', 'ADMIN', 'membership_periods_audience_idx'],
      ['the crowd of members', 'MEMBER', 'membership_periods_pkey'],
    ])('a page of an audience by role and version, %s: in order of ids without sorting', async (_, role, index) => {
      const page = `SELECT user_id FROM membership_periods WHERE company_id = $1 AND role = $2::"Role" AND user_id > $3
        AND from_version <= $4 AND $4 < coalesce(to_version, 2147483647) ORDER BY user_id LIMIT 500`;
      const { indexes, steps } = await plan(page, ACME, role, ANA, 14_000);
      expect(indexes).toEqual([index]);
      expect(steps).not.toContain('Sort');
    });
  });

  describe('of notifications:', () => {
    it('a page of an inbox, or a resume: in order of seq without sorting', async () => {
      const page = 'SELECT * FROM notifications WHERE recipient_user_id = $1 AND seq > $2 ORDER BY seq LIMIT 100';
      const { indexes, steps } = await plan(page, ANA, 0);
      expect(indexes).toEqual(['notifications_recipient_user_id_seq_idx']);
      expect(steps).not.toContain('Sort');
    });

    it.each([
      ['unread', 'read_at IS NULL AND archived_at IS NULL AND deleted_at IS NULL AND snoozed_until IS NULL'],
      ['read', 'read_at IS NOT NULL AND archived_at IS NULL AND deleted_at IS NULL AND snoozed_until IS NULL'],
      ['archived', 'archived_at IS NOT NULL AND deleted_at IS NULL'],
      ['snoozed', 'snoozed_until IS NOT NULL AND archived_at IS NULL AND deleted_at IS NULL'],
    ])('the %s ones of a long history, deep in the list: in order without sorting', async (state, is) => {
      const page = `SELECT * FROM notifications WHERE recipient_user_id = $1 AND seq < $2 AND ${is}
        ORDER BY seq DESC LIMIT 26`;
      const { indexes, steps } = await plan(page, ANA, 20_000);
      expect(indexes).toEqual([`notifications_${state}_idx`]);
      expect(steps).not.toContain('Sort');
    });

    it('the snoozed ones that are due', async () => {
      const due =
        'SELECT recipient_user_id FROM notifications WHERE snoozed_until <= now() ORDER BY snoozed_until LIMIT 100';
      expect((await plan(due)).indexes).toEqual(['notifications_waking_idx']);
    });

    it('the inboxes for which a push or a mail may be due, in order without sorting', async () => {
      const unreached = `SELECT user_id FROM unreached_inboxes
        WHERE (waiting_since, user_id) > ($1, $2)
        ORDER BY waiting_since, user_id LIMIT 100`;
      const { indexes, steps } = await plan(unreached, new Date(0), ANA);
      expect(indexes).toEqual(['unreached_inboxes_waiting_since_user_id_idx']);
      expect(steps).not.toContain('Sort');
    });

    it('the steps of one', async () => {
      const steps = 'SELECT * FROM notification_steps WHERE event_id = $1 AND recipient_user_id = $2';
      expect(await plan(steps, v7(), ANA)).toMatchObject({
        indexes: ['notification_steps_event_id_recipient_user_id_idx'],
        tables: [`notification_steps_${month()}`],
      });
    });

    it('a page of what is unread or read, deep in the list: merged from the two lists without sorting', async () => {
      const list = (is: string) => `(SELECT * FROM notifications WHERE recipient_user_id = $1 AND seq < $2 AND ${is}
        AND archived_at IS NULL AND deleted_at IS NULL AND snoozed_until IS NULL ORDER BY seq DESC LIMIT 26)`;
      const page = `SELECT * FROM (${list('read_at IS NULL')} UNION ALL ${list('read_at IS NOT NULL')}) AS open
        ORDER BY seq DESC LIMIT 26`;
      const { indexes, steps } = await plan(page, ANA, 20_000);
      expect(indexes).toEqual(['notifications_read_idx', 'notifications_unread_idx']);
      expect(steps).not.toContain('Sort');
    });

    it('no index but those of the lists, and three of them for a new notification: key, seq and unread', async () => {
      const { rows } = await client.query<{ name: string }>(`
        SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'notifications'::regclass ORDER BY 1`);
      expect(rows.map(({ name }) => name)).toEqual([
        'notifications_archived_idx',
        'notifications_pkey',
        'notifications_read_idx',
        'notifications_recipient_user_id_seq_idx',
        'notifications_snoozed_idx',
        'notifications_unread_idx',
        'notifications_waking_idx',
      ]);
    });

    it("one of them by its public id, in that month's partition alone", async () => {
      const one = 'SELECT * FROM notifications WHERE event_id = $1 AND recipient_user_id = $2';
      expect(await plan(one, v7(), ANA)).toMatchObject({
        indexes: ['notifications_pkey'],
        tables: [`notifications_${month()}`],
      });
    });
  });

  describe('of events:', () => {
    it('the pending ones, from the small partial index alone', async () => {
      const pending = `SELECT id FROM domain_events WHERE published_at IS NULL
        AND (claimed_until IS NULL OR claimed_until < clock_timestamp()) ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED`;
      expect((await plan(pending)).indexes).toEqual(['domain_events_pending_idx']);
    });

    it("marking a batch as published, in that month's partition alone", async () => {
      const { tables } = await plan('UPDATE domain_events SET published_at = now() WHERE id = ANY($1::uuid[])', [
        v7(),
        v7(),
      ]);
      expect(tables.filter((table) => table !== 'domain_events')).toEqual([`domain_events_${month()}`]);
    });

    it("the ledger row of a reaction, in that month's partition alone", async () => {
      expect(await plan('SELECT state FROM inbox WHERE event_id = $1 AND reaction = $2', v7(), 'r')).toMatchObject({
        indexes: ['inbox_pkey'],
        tables: [`inbox_${month()}`],
      });
    });

    it('the dead reactions alone, for the alert on them', async () => {
      const { indexes } = await planOf(client, "SELECT min(created_at) FROM inbox WHERE state = 'dead'", []);
      expect(indexes).toEqual(['inbox_dead_idx']);
    });

    it('a sweep, between its bounds only, in both tables', async () => {
      const open = `SELECT e.id FROM domain_events e
        JOIN reactions r ON r.queue = 'q' AND r.event_type = e.type AND r.registered_at <= e.occurred_at
        LEFT JOIN inbox i ON i.event_id = e.id AND i.reaction = r.name AND i.event_id > $1 AND i.event_id < $2
        WHERE e.id > $1 AND e.id < $2 AND (i.event_id IS NULL OR e.published_at IS NULL) ORDER BY e.id LIMIT 1`;
      const [from, to] = [40, 50].map((days) => v7({ msecs: Date.now() + days * 86_400_000 }));
      const { tables } = await planOf(client, open, [from, to]);
      expect(tables).not.toContain(`domain_events_${month()}`);
      expect(tables).not.toContain(`inbox_${month()}`);
    });

    it('the changes by a user, in order', async () => {
      const batch = 'SELECT id FROM domain_events WHERE actor_id = $1 AND id > $2 ORDER BY id LIMIT 500';
      expect((await plan(batch, ANA, v7({ msecs: 0 }))).indexes).toEqual(['domain_events_actor_id_id_idx']);
    });

    it("a company's audit trail, newest first", async () => {
      const audit = 'SELECT * FROM domain_events WHERE company_id = $1 AND id < $2 ORDER BY id DESC LIMIT 50';
      expect((await plan(audit, ACME, v7({ msecs: Date.now() + 90 * 86_400_000 }))).indexes).toEqual([
        'domain_events_company_id_id_idx',
      ]);
    });
  });
});
