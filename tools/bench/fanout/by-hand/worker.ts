import { createServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { companyRoom } from '@convene/contracts/sockets/rooms';
import { CHANNEL_PREFIX } from '@convene/realtime/room-subscriber';
import { Db } from '../../by-hand/db';
import { required } from '../../by-hand/env';

export interface Message {
  readonly companyId: string;
  readonly senderId: string;
  /** What it will be in each inbox. */
  readonly seq: number;
}

const START = '00000000-0000-0000-0000-000000000000';
/** Committed before anything is written. */
const TAKE = `
  INSERT INTO domain_events (type, payload, actor_id, company_id)
  VALUES ('by-hand.sent', jsonb_build_object('seq', $3::int), $1, $2) RETURNING id`;
/** What a crash has interrupted: it goes on with the members who have no row. */
const INTERRUPTED = `
  SELECT id, company_id AS "companyId", actor_id AS "senderId", (payload ->> 'seq')::int AS seq
  FROM domain_events WHERE type = 'by-hand.sent' AND published_at IS NULL`;
const WRITE = `
  WITH page AS (
    SELECT m.user_id FROM memberships m
    WHERE m.company_id = $2 AND m.user_id > $4 AND m.user_id <> $3 AND NOT EXISTS (
      SELECT FROM notifications n WHERE n.event_id = $1 AND n.recipient_user_id = m.user_id)
    ORDER BY m.user_id LIMIT 500
  ), counters AS (
    INSERT INTO inbox_counters (user_id, last_seq, unread_count, version) SELECT user_id, 1, 1, 1 FROM page ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET last_seq = inbox_counters.last_seq + 1,
      unread_count = inbox_counters.unread_count + 1, version = inbox_counters.version + 1
    RETURNING user_id, last_seq
  ), written AS (
    INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, company_id, sender_user_id)
    SELECT $1, user_id, last_seq, 'MESSAGE', $5, $2, $3 FROM counters
    RETURNING recipient_user_id
  )
  SELECT recipient_user_id AS last FROM written ORDER BY recipient_user_id DESC LIMIT 1`;
const OVER = 'UPDATE domain_events SET published_at = now() WHERE id = $1';

const db = new Db(required('DATABASE_URL'));
const url = required('REDIS_URL');
const io = new Server({
  adapter: createShardedAdapter(new Redis(url), new Redis(url), {
    channelPrefix: CHANNEL_PREFIX,
    subscriptionMode: 'dynamic',
  }),
});

async function take(message: Message): Promise<void> {
  const { companyId, senderId, seq } = message;
  const [event] = await db.query<{ id: string }>(TAKE, [senderId, companyId, seq]);
  if (event) await send({ ...event, ...message });
}

/** Rows in chunks, each a transaction of its own, then one frame for the whole room. */
async function send({ id, companyId, senderId, seq }: Message & { id: string }): Promise<void> {
  const params = { senderName: 'One of many', text: 'Hello', companyName: 'Acme' };
  for (let after: string | undefined = START; after;) {
    const [row]: { last: string }[] = await db.query(WRITE, [id, companyId, senderId, after, params]);
    after = row?.last;
  }
  await db.query(OVER, [id]);
  const frame = { seq, id, code: 'MESSAGE', params, companyId, senderUserId: senderId };
  io.to(companyRoom(companyId)).emit('notifications.created', { ...frame, createdAt: new Date().toISOString() });
}

void db.query<Message & { id: string }>(INTERRUPTED, []).then(async (found) => {
  for (const message of found) await send(message);
});
process.on('message', ({ message }: { message?: Message }) => {
  if (message) void take(message);
});
process.once('SIGTERM', () => process.exit(0));
createServer((_, response) => response.end('ready')).listen(Number(process.env['PORT']), '127.0.0.1');
