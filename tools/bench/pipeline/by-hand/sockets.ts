import { createServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server, type Socket } from 'socket.io';
import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { JWT_PUBLIC_KEYS } from '@convene/auth/auth-env';
import { Db } from '../../by-hand/db';
import { env } from './support';

/** Verifies the token, joins the user's room, says where the inbox stands, and sends what has been missed since `lastSeq`. */
const db = new Db(env.databaseUrl);
const http = createServer((_, response) => response.end('ready'));
const io = new Server(http, {
  perMessageDeflate: false,
  adapter: createShardedAdapter(new Redis(env.redisUrl), new Redis(env.redisUrl), { subscriptionMode: 'dynamic' }),
});
const keys = JWT_PUBLIC_KEYS.parse(process.env['JWT_PUBLIC_KEYS']);
const tokens = new AccessTokenVerifier(keys, { issuer: 'convene', audience: 'convene' }, 0);

io.use((socket, next) => {
  tokens.verify((socket.handshake.auth as { token: string }).token).then(
    ({ userId, sessionId }) => {
      socket.data = { userId, sessionId };
      void socket.join(`user:${userId}`);
      next();
    },
    () => next(new Error('unauthenticated')),
  );
});

io.on('connection', (socket) => {
  const { userId, sessionId } = socket.data as { userId: string; sessionId: string };
  socket.on('inbox.ack', ({ seq }: { seq: number }, answer: (said: object) => void) => {
    void db.query('UPDATE sessions SET acked_seq = greatest(acked_seq, $2) WHERE id = $1', [sessionId, seq]);
    answer({ ok: true });
  });
  void db
    .query<{ head: number; count: number; version: number; epoch: string }>(
      `SELECT coalesce(c.last_seq, 0)::int AS head, coalesce(c.unread_count, 0) AS count, coalesce(c.version, 0)::int AS version,
         (SELECT epoch FROM inbox_epoch WHERE id = 1) AS epoch
       FROM (VALUES ($1::uuid)) AS asked(id) LEFT JOIN inbox_counters c ON c.user_id = asked.id`,
      [userId],
    )
    .then(([row]) => {
      if (!row) return;
      const { head: headSeq, epoch, count, version } = row;
      const unread = { count, version };
      socket.emit('session.ready', { userId, sessionId, epoch, recovered: true, headSeq, unread, companies: {} });
      const { lastSeq } = socket.handshake.auth as { lastSeq?: number };
      if (lastSeq !== undefined && lastSeq < headSeq) void sendMissed(socket, userId, lastSeq);
    });
});

async function sendMissed(socket: Socket, userId: string, lastSeq: number): Promise<void> {
  const rows = await db.query<object>(
    `SELECT seq::int, event_id AS id, code, params, company_id AS "companyId", sender_user_id AS "senderUserId",
       created_at AS "createdAt", read_at AS "readAt", archived_at AS "archivedAt", snoozed_until AS "snoozedUntil", silent
     FROM notifications WHERE recipient_user_id = $1 AND seq > $2 AND deleted_at IS NULL ORDER BY seq LIMIT 500`,
    [userId, lastSeq],
  );
  for (const row of rows) socket.emit('notifications.created', row);
}

http.listen(env.port, '127.0.0.1');
