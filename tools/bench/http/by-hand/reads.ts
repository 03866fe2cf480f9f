import fastify, { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { JWT_PUBLIC_KEYS } from '@convene/auth/auth-env';
import { Db } from '../../by-hand/db';
import { required } from '../../by-hand/env';

const listOf = (condition: string) => `
  (SELECT * FROM notifications
   WHERE recipient_user_id = $1 AND ${condition} AND archived_at IS NULL AND deleted_at IS NULL AND snoozed_until IS NULL
   ORDER BY seq DESC LIMIT $2)`;
const NOTIFICATIONS = `
  SELECT seq::int, event_id AS id, code, params, company_id AS "companyId", sender_user_id AS "senderUserId",
    created_at AS "createdAt", read_at AS "readAt", archived_at AS "archivedAt", snoozed_until AS "snoozedUntil", silent
  FROM (${listOf('read_at IS NULL')} UNION ALL ${listOf('read_at IS NOT NULL')}) AS n
  ORDER BY seq DESC LIMIT $2`;
const UNREAD = 'SELECT unread_count AS count, version::int FROM inbox_counters WHERE user_id = $1';
/** The row without an invite is of a user who has none. */
const INVITES = `
  SELECT invitee.email_verified_at IS NOT NULL AS verified, page.*
  FROM users invitee
  LEFT JOIN LATERAL (
    SELECT i.id, jsonb_build_object('id', c.id, 'name', c.name) AS company, i.email, i.role::text,
      jsonb_build_object('id', u.id, 'displayName', u.display_name) AS inviter, i.status::text,
      i.created_at AS "createdAt", i.expires_at AS "expiresAt"
    FROM (SELECT * FROM invites
          WHERE email = invitee.email AND status = 'PENDING' AND expires_at > statement_timestamp()
          ORDER BY id DESC LIMIT $2) i
    JOIN companies c ON c.id = i.company_id AND c.deleted_at IS NULL JOIN users u ON u.id = i.inviter_id
  ) AS page ON true
  WHERE invitee.id = $1 AND invitee.deleted_at IS NULL
  ORDER BY page.id DESC`;
/** No row is for a caller who is no member. */
const MEMBERS = `
  SELECT m.user_id AS "userId", u.display_name AS "displayName", m.role::text, m.joined_at AS "joinedAt"
  FROM (SELECT * FROM memberships
        WHERE company_id = $1 AND EXISTS (
          SELECT 1 FROM memberships own JOIN companies c ON c.id = own.company_id
          WHERE own.company_id = $1 AND own.user_id = $2 AND c.deleted_at IS NULL)
        ORDER BY user_id LIMIT $3) m
  JOIN users u ON u.id = m.user_id ORDER BY m.user_id`;

const Page = z.object({ limit: z.coerce.number().int().min(1).max(100).default(25) });
const Params = z.object({ id: z.uuid() });

/** The reads that are compared, with named statements, and nothing around them. */
const db = new Db(required('DATABASE_URL'));
const keys = JWT_PUBLIC_KEYS.parse(process.env['JWT_PUBLIC_KEYS']);
const tokens = new AccessTokenVerifier(keys, { issuer: 'convene', audience: 'convene' });
const app = fastify();

const callerOf = async ({ headers }: FastifyRequest) =>
  (await tokens.verify((headers.authorization ?? '').slice('Bearer '.length))).userId;

app.get('/', () => 'ready');

app.get('/v1/notifications', async (request) => {
  const userId = await callerOf(request);
  const { limit } = Page.parse(request.query);
  const rows = await db.query<{ seq: number }>(NOTIFICATIONS, [userId, limit + 1]);
  return pageOf('notifications', rows, limit, ({ seq }) => String(seq));
});

app.get('/v1/notifications/unread', async (request, reply) => {
  const userId = await callerOf(request);
  const [unread = { count: 0, version: 0 }] = await db.query<{ count: number; version: number }>(UNREAD, [userId]);
  const etag = `"${unread.version}"`;
  void reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (request.headers['if-none-match'] !== etag) return unread;
  return reply.code(304).send();
});

app.get('/v1/invites', async (request) => {
  const userId = await callerOf(request);
  const { limit } = Page.parse(request.query);
  const rows = await db.query<{ verified: boolean; id: string | null }>(INVITES, [userId, limit + 1]);
  if (!rows[0]?.verified) throw new Error('refused');
  const invites = rows.flatMap(({ verified: _, id, ...invite }) => (id === null ? [] : [{ id, ...invite }]));
  return pageOf('received-invites', invites, limit, ({ id }) => id);
});

app.get('/v1/companies/:id/members', async (request) => {
  const userId = await callerOf(request);
  const { id } = Params.parse(request.params);
  const { limit } = Page.parse(request.query);
  const rows = await db.query<{ userId: string }>(MEMBERS, [id, userId, limit + 1]);
  if (rows.length === 0) throw new Error('refused');
  return pageOf('members', rows, limit, (row) => row.userId);
});

function pageOf<Row>(list: string, rows: Row[], limit: number, key: (row: Row) => string) {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const next = rows.length > limit && last ? Buffer.from(`${list}:${key(last)}`).toString('base64url') : null;
  return { data, nextCursor: next };
}

void app.listen({ port: Number(required('PORT')), host: '127.0.0.1' });
