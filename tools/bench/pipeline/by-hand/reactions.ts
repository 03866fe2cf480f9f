import { createServer } from 'node:http';
import { Db } from '../../by-hand/db';
import { publisherOn } from '../../by-hand/publisher';
import { consumeInBatches, env, type Event, type Frame, openChannel, QUEUES } from './support';

/** One statement for all reactions in hand: ledger, counters in recipient order, rows. */
const REACT = `
  WITH asked AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS a(event_id uuid, reaction text, recipient uuid, code text, params jsonb, company_id uuid, actor_id uuid)
  ), done AS (
    INSERT INTO inbox (event_id, reaction, state) SELECT event_id, reaction, 'done' FROM asked
    ON CONFLICT DO NOTHING RETURNING event_id
  ), entitled AS (
    SELECT a.*, row_number() OVER (PARTITION BY a.recipient ORDER BY a.event_id) AS nth
    FROM asked a JOIN done USING (event_id) JOIN users u ON u.id = a.recipient AND u.deleted_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM preferences off
      WHERE off.user_id = a.recipient AND off.code = a.code AND off.channel = 'SOCKET' AND NOT off.enabled)
  ), counters AS (
    INSERT INTO inbox_counters (user_id, last_seq, unread_count, version)
    SELECT recipient, count(*), count(*), count(*) FROM entitled GROUP BY recipient ORDER BY recipient
    ON CONFLICT (user_id) DO UPDATE SET last_seq = inbox_counters.last_seq + excluded.last_seq,
      unread_count = inbox_counters.unread_count + excluded.unread_count, version = inbox_counters.version + excluded.version
    RETURNING user_id, last_seq, unread_count, version
  )
  INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, company_id, sender_user_id)
  SELECT e.event_id, e.recipient, c.last_seq - (SELECT count(*) FROM entitled o WHERE o.recipient = e.recipient) + e.nth,
    e.code, e.params, e.company_id, e.actor_id
  FROM entitled e JOIN counters c ON c.user_id = e.recipient
  RETURNING event_id AS id, recipient_user_id AS "userId", seq::int, code, params, company_id AS "companyId",
    sender_user_id AS "senderUserId", created_at AS "createdAt"`;

interface Row {
  userId: string;
  createdAt: Date;
}

/** `seq` is worth the order within a recipient: two events of one batch are numbered by id. */
async function main(): Promise<void> {
  const db = new Db(env.databaseUrl);
  const channel = await openChannel();
  const publish = publisherOn(channel);
  await consumeInBatches<Event>(channel, QUEUES.reactions, async (events) => {
    const asked = events.map(({ id, type, payload, actorId, companyId }) => {
      const toInvitee = type === 'invites.created';
      const { inviteId, companyName, inviterId, inviterName, inviteeId, inviteeName } = payload;
      return {
        event_id: id,
        reaction: toInvitee ? 'notify-invitee' : 'notify-inviter',
        recipient: toInvitee ? inviteeId : inviterId,
        code: toInvitee ? 'INVITE_RECEIVED' : 'INVITE_REJECTED',
        params: { inviteId, companyName, ...(toInvitee ? { inviterName } : { inviteeName }) },
        company_id: companyId,
        actor_id: actorId,
      };
    });
    const rows = await db.query<Row>(REACT, [JSON.stringify(asked)]);
    if (rows.length === 0) return;
    const blank = { readAt: null, archivedAt: null, snoozedUntil: null, silent: false };
    const frames = rows.map(({ userId, ...row }): Frame => ({ userId, frame: { ...row, ...blank } }));
    await publish('', QUEUES.frames, frames);
  });
  createServer((_, response) => response.end('ready')).listen(env.port, '127.0.0.1');
}

void main();
