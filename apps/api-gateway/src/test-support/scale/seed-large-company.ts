import type { Client } from 'pg';

/** A UUIDv7 made `n` milliseconds after the first, so that ids ascend as they do in production. */
const id = (
  n: string,
  kind: string,
) => `(substr(uuid_v7_floor(now() - interval '20 days' + (${n}) * interval '1 ms')::text, 1, 14)
  || '7' || '${kind}' || lpad(to_hex((${n}) / 65536), 2, '0') || '-8000-' || lpad(to_hex((${n})), 12, '0'))::uuid`;
const person = (n: string) => id(n, 'a');

/** Seeds a user with 100,000 notifications and 12,000 friendships, in a company of 10,000 members. */
export async function seedLargeCompany(client: Client, anaId: string, companyId: string): Promise<void> {
  await client.query(`
    INSERT INTO users (id, email, email_verified_at, password_hash, display_name)
      SELECT ${person('n')}, 'crowd-' || n || '@example.com', now(), '', 'Crowd ' || n FROM generate_series(1, 12000) n;
    INSERT INTO users (id, email, password_hash, display_name)
      SELECT ${id('n', '3')}, 'other-' || n || '@example.com', '', 'Other ' || n FROM generate_series(1, 30000) n;
    INSERT INTO memberships (company_id, user_id, role)
      SELECT '${companyId}', ${person('n')}, 'MEMBER' FROM generate_series(1, 10000) n;
    INSERT INTO membership_periods (company_id, user_id, from_version, role)
      SELECT '${companyId}', ${person('n')}, n + 1, 'MEMBER' FROM generate_series(1, 10000) n;
    UPDATE companies SET membership_version = 10001, is_public = true WHERE id = '${companyId}';
    INSERT INTO companies (id, name) SELECT ${id('n', 'b')}, 'Company ' || n FROM generate_series(1, 30000) n;
    INSERT INTO memberships (company_id, user_id, role) SELECT ${id('n', 'b')}, '${anaId}', 'MEMBER' FROM generate_series(1, 1000) n;
    INSERT INTO notifications
        (event_id, recipient_user_id, seq, code, params, company_id, sender_user_id, read_at, archived_at, snoozed_until)
      SELECT ${id('n', 'c')}, '${anaId}', n, 'MEMBER_JOINED', '{}', '${companyId}', ${person('1 + n % 10000')},
        CASE WHEN n % 2 = 0 THEN now() END, CASE WHEN n % 20 = 1 THEN now() END,
        CASE WHEN n % 20 = 2 THEN now() + interval '1 day' END
      FROM generate_series(1, 100000) n;
    INSERT INTO inbox_counters (user_id, last_seq, unread_count, version) VALUES ('${anaId}', 100000, 0, 1)
      ON CONFLICT (user_id) DO UPDATE SET last_seq = 100000;
    INSERT INTO domain_events (id, type, payload, actor_id, company_id, membership_version, published_at)
      SELECT ${id('n', 'd')}, 'memberships.joined', '{}', ${person('1 + n % 10000')}, '${companyId}', n, now()
      FROM generate_series(1, 10000) n;
    INSERT INTO invites (id, company_id, email, role, inviter_id, status, token_hash, expires_at)
      SELECT ${id('n', 'e')}, '${companyId}', 'invited-' || n || '@example.com', 'MEMBER', '${anaId}',
        (CASE WHEN n % 20 = 0 THEN 'PENDING' ELSE 'REVOKED' END)::"InviteStatus", '', now() + interval '1 day'
      FROM generate_series(1, 10000) n;
    INSERT INTO invites (id, company_id, email, role, inviter_id, status, token_hash, expires_at)
      SELECT ${id('n', 'f')}, ${id('n', 'b')}, (SELECT email FROM users WHERE id = '${anaId}'), 'MEMBER', ${person('n')},
        'PENDING', '', now() + interval '1 day'
      FROM generate_series(1, 300) n;
    INSERT INTO invites (id, company_id, email, role, inviter_id, status, token_hash, expires_at)
      SELECT ${id('n', '9')}, ${id('1 + n % 30000', 'b')}, 'elsewhere-' || n || '@example.com', 'MEMBER', ${person('1 + n % 10000')},
        'ACCEPTED', '', now()
      FROM generate_series(1, 40000) n;
    INSERT INTO join_requests (id, company_id, user_id)
      SELECT ${id('n', '1')}, '${companyId}', ${person('n')} FROM generate_series(5001, 12000) n;
    INSERT INTO friendships (id, requester_id, addressee_id, status)
      SELECT ${id('n', '2')}, CASE WHEN n % 2 = 0 THEN '${anaId}'::uuid ELSE ${person('n')} END,
        CASE WHEN n % 2 = 0 THEN ${person('n')} ELSE '${anaId}'::uuid END,
        (CASE WHEN n <= 6000 THEN 'ACCEPTED' ELSE 'PENDING' END)::"FriendshipStatus"
      FROM generate_series(1, 12000) n;`);
  await client.query('VACUUM ANALYZE');
}
