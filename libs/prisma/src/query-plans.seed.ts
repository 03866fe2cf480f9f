import type { Client } from 'pg';

/** The users and companies in the queries of the plans; all others are random. */
export const ANA = '00000000-0000-7000-8000-000000000001';
export const BO = '00000000-0000-7000-8000-000000000002';
export const ACME = '00000000-0000-7000-8000-0000000c0001';

/** `user(7)`: the seventh of the crowd. Ana and Bo are the first two. */
const numbered = (prefix: string) => (n: string) =>
  `('00000000-0000-7000-8000-0000000' || '${prefix}' || lpad(to_hex(${n}), 4, '0'))::uuid`;
const user = numbered('0');
const company = numbered('c');
const random = (count: number) => `1 + floor(random() * ${count})::int`;
/** An id as made at a random moment of this month or one of the next two. */
const eventId = `(substr(uuid_v7_floor(date_trunc('month', now()) + random() * interval '80 days')::text, 1, 14)
  || substr(gen_random_uuid()::text, 15))::uuid`;

/** A product of some age in small: enough rows that an index is worth its while. */
export async function seed(client: Client): Promise<void> {
  await client.query(`
    SELECT setseed(0.5);
    INSERT INTO companies (id, name) SELECT ${company('n')}, 'c' || n FROM generate_series(1, 500) n;
    INSERT INTO users (id, email, password_hash, display_name, active_company_id)
      SELECT ${user('n')}, 'u' || n || '@example.com', '', '', ${company(random(500))} FROM generate_series(1, 5000) n;
    INSERT INTO memberships (company_id, user_id, role)
      SELECT ${company(random(500))}, ${user('1 + n % 5000')}, 'MEMBER' FROM generate_series(1, 15000) n ON CONFLICT DO NOTHING;
    INSERT INTO membership_periods (company_id, user_id, from_version, to_version, role)
      SELECT '${ACME}', ${user('1 + n % 5000')}, n, CASE WHEN n < 11000 THEN n + 900 END,
             (CASE WHEN n % 200 = 0 THEN 'ADMIN' ELSE 'MEMBER' END)::"Role"
      FROM generate_series(1, 15000) n;
    INSERT INTO membership_periods (company_id, user_id, from_version, role)
      SELECT ${company('2 + n % 400')}, ${user('1 + n % 4999')}, n, 'MEMBER' FROM generate_series(1, 15000) n;
    INSERT INTO invites (id, company_id, email, role, inviter_id, status, token_hash, expires_at)
      SELECT gen_random_uuid(), ${company('1 + n % 500')}, 'u' || (1 + n % 3000) || '@example.com', 'MEMBER', ${user('1 + n % 5000')},
             (CASE WHEN n % 10 = 0 THEN 'PENDING' ELSE 'ACCEPTED' END)::"InviteStatus", '',
             now() + (n - 300) * interval '1 minute'
      FROM generate_series(1, 15000) n ON CONFLICT DO NOTHING;
    INSERT INTO join_requests (id, company_id, user_id, status)
      SELECT gen_random_uuid(), ${company('1 + n % 500')}, ${user('1 + n % 5000')},
             (CASE WHEN n % 10 = 0 THEN 'PENDING' ELSE 'DECLINED' END)::"JoinRequestStatus"
      FROM generate_series(1, 15000) n ON CONFLICT DO NOTHING;
    INSERT INTO friendships (id, requester_id, addressee_id, status)
      SELECT gen_random_uuid(), ${user('1 + n % 5000')}, ${user('1 + (n * 7 + 3) % 5000')},
             (CASE WHEN n % 5 = 0 THEN 'PENDING' ELSE 'ACCEPTED' END)::"FriendshipStatus"
      FROM generate_series(1, 15000) n WHERE n % 5000 <> (n * 7 + 3) % 5000 ON CONFLICT DO NOTHING;
    INSERT INTO friendships (id, requester_id, addressee_id, status)
      SELECT gen_random_uuid(), ${user('n')}, '${BO}', 'ACCEPTED' FROM generate_series(3, 3000) n ON CONFLICT DO NOTHING;
    INSERT INTO friendships (id, requester_id, addressee_id, status)
      SELECT gen_random_uuid(), '${ANA}', ${user('n')}, 'ACCEPTED' FROM generate_series(3, 2000) n ON CONFLICT DO NOTHING;
    INSERT INTO sessions (id, user_id, expires_at, revoked_at)
      SELECT gen_random_uuid(), ${user('1 + n % 5000')}, now(), CASE WHEN n % 20 = 0 THEN now() - n * interval '1 minute' END
      FROM generate_series(1, 10000) n;
    INSERT INTO domain_events (id, type, payload, company_id, published_at)
      SELECT ${eventId}, 'x.y', '{}', ${company(random(500))}, CASE WHEN n % 1000 > 0 THEN now() END FROM generate_series(1, 20000) n;
    INSERT INTO inbox (event_id, reaction, state) SELECT id, 'a-reaction', 'done' FROM domain_events;
    INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, company_id, sender_user_id, read_at)
      SELECT ${eventId}, CASE WHEN n % 3 = 0 THEN '${ANA}' ELSE ${user(random(5000))} END, n, 'X', '{}', ${company(random(500))},
             ${user(random(5000))}, CASE WHEN n % 2 > 0 THEN now() END
      FROM generate_series(1, 30000) n;
    UPDATE notifications SET archived_at = now() WHERE seq % 7 = 0;
    UPDATE notifications SET snoozed_until = now() + seq * interval '1 second' WHERE seq % 41 = 0;
    UPDATE notifications SET deleted_at = now() WHERE seq % 43 = 0;
    INSERT INTO notification_steps (id, event_id, recipient_user_id, step)
      SELECT gen_random_uuid(), event_id, recipient_user_id, 'sent' FROM notifications;
    INSERT INTO inbox_counters (user_id, last_seq, pushed_seq, mailed_seq)
      SELECT ${user('n')}, 9, CASE WHEN n % 2 = 0 THEN 8 ELSE 9 END, 9 FROM generate_series(1, 5000) n;
    UPDATE unreached_inboxes SET waiting_since = now() - random() * interval '20 s';
    INSERT INTO blocks (id, blocker_id, blocked_id)
      SELECT gen_random_uuid(), '${BO}', ${user('n')} FROM generate_series(3, 3000) n
      UNION ALL SELECT gen_random_uuid(), ${user('n')}, ${user('n + m')} FROM generate_series(3, 4000) n, generate_series(1, 5) m;
    ANALYZE;`);
}
