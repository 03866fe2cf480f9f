import { InboxRows } from '@convene/testing/inbox-rows';

const ROWS_PER_STATEMENT = 100_000;

/** Inserts companies of two members each, who have no device. */
export async function insertTenants(databaseUrl: string, count: number): Promise<void> {
  const rows = await InboxRows.connect(databaseUrl);
  try {
    await rows.query(
      `WITH tenant AS (
         SELECT gen_random_uuid() AS company_id, gen_random_uuid() AS owner_id, gen_random_uuid() AS member_id
         FROM generate_series(1, $1::int)
       ), company AS (
         INSERT INTO companies (id, name, membership_version) SELECT company_id, 'One of many', 1 FROM tenant
       ), person AS (
         SELECT company_id, owner_id AS user_id, 'OWNER'::"Role" AS role FROM tenant
         UNION ALL SELECT company_id, member_id, 'MEMBER'::"Role" FROM tenant
       ), people AS (
         INSERT INTO users (id, email, email_verified_at, password_hash, display_name)
         SELECT user_id, user_id || '@convene.test', now(), '-', 'One of many' FROM person
       ), membership AS (
         INSERT INTO memberships (company_id, user_id, role) SELECT company_id, user_id, role FROM person
       )
       INSERT INTO membership_periods (company_id, user_id, from_version, role)
       SELECT company_id, user_id, 1, role FROM person`,
      [count],
    );
  } finally {
    await rows.end();
  }
}

/**
 * Gives all users together so many notifications that they have read, each with its event and its ledger row, and leaves the
 * database as autovacuum would in time.
 */
export async function insertHistory(databaseUrl: string, count: number): Promise<void> {
  const rows = await InboxRows.connect(databaseUrl);
  try {
    for (let from = 0; from < count; from += ROWS_PER_STATEMENT) {
      await rows.query(
        `WITH person AS (
           SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth, count(*) OVER () AS people FROM users
         ), event AS (
           SELECT n, next_event_id() AS id FROM generate_series($1::int, $2::int - 1) AS n
         ), past AS (
           INSERT INTO domain_events (id, type, payload, published_at)
           SELECT id, 'invites.rejected', '{}', now() FROM event
         ), ledger AS (
           INSERT INTO inbox (event_id, reaction, state) SELECT id, 'notify-inviter-when-rejected', 'done' FROM event
         ), row AS (
           SELECT e.id AS event_id, p.id AS user_id, e.n / p.people + 1 AS seq
           FROM event e JOIN person p ON p.nth = e.n % p.people
         ), counter AS (
           INSERT INTO inbox_counters (user_id, last_seq, unread_count, version, pushed_seq, mailed_seq)
           SELECT user_id, max(seq), 0, max(seq), max(seq), max(seq) FROM row GROUP BY user_id
           ON CONFLICT (user_id) DO UPDATE SET last_seq = excluded.last_seq, version = excluded.version,
             pushed_seq = excluded.pushed_seq, mailed_seq = excluded.mailed_seq
         )
         INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at)
         SELECT event_id, user_id, seq, 'INVITE_REJECTED', '{"companyName": "Acme", "inviteeName": "One of many"}', now() FROM row`,
        [from, Math.min(from + ROWS_PER_STATEMENT, count)],
      );
    }
    await rows.query('VACUUM ANALYZE');
  } finally {
    await rows.end();
  }
}
