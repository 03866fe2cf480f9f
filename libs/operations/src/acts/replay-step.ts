import { Injectable } from '@nestjs/common';
import { findEvent } from '@convene/contracts/catalogue';
import { WAIT_GRACE_S } from '@convene/messaging/consumer/reaction-wait-store';
import { writeHeaders } from '@convene/messaging/headers';
import { toMessage } from '@convene/messaging/outbox/outbox-message';
import { Publisher } from '@convene/messaging/publisher';
import { QUEUES } from '@convene/messaging/topology/queues';
import { reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import type { BatchAct } from './act-store';

/** First pause before a reaction whose message seems lost is sent again; doubled each time. */
const FIRST_PAUSE_S = 120;
/** After that many messages without an outcome it is dead again. */
const MAX_SENDS = 5;
const BATCH = 500;

type Item = Omit<OutboxRow, 'id' | 'type'> & {
  readonly eventId: string;
  readonly type: string | null;
  readonly reaction: string;
  readonly queue: string | null;
  readonly isDead: boolean;
};

/**
 * One step of a replay: planned reactions are taken out of the ledger, sent to their queue, and watched until the ledger has them
 * again. At every moment a reaction is either in the ledger or an open item of the act, so a process that dies loses none.
 */
@Injectable()
export class ReplayStep {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
  ) {}

  /** Takes up to `limit` planned reactions, unless the act was aborted. @returns how many were planned. */
  take({ id, command }: BatchAct, limit: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const running = await tx.query(sql`
        SELECT FROM operator_acts WHERE id = ${id}::uuid AND state = 'running' FOR SHARE`);
      if (running.length === 0) return 0;
      const items = await tx.query<Item>(sql`
        SELECT o.event_id AS "eventId", o.reaction, r.queue, e.type, e.payload, (i.event_id IS NOT NULL) AS "isDead"
        FROM operator_act_items o
        LEFT JOIN inbox i ON i.event_id = o.event_id AND i.reaction = o.reaction AND i.state = 'dead'
        LEFT JOIN reactions r ON r.name = o.reaction
        LEFT JOIN domain_events e ON e.id = o.event_id
        WHERE o.act_id = ${id}::uuid AND o.state = 'planned'
        ORDER BY o.event_id LIMIT ${limit} FOR UPDATE OF o`);
      const discards = command === 'dlq discard';
      const moved = items.map((item) => ({ ...item, why: item.isDead && !discards ? obstacleOf(item) : undefined }));
      const rows = JSON.stringify(
        moved.map(({ eventId, reaction, isDead, why }) => {
          const state = !isDead ? 'gone' : why !== undefined ? 'impossible' : discards ? 'discarded' : 'taken';
          return { event_id: eventId, reaction, state, why };
        }),
      );
      const given = sql`jsonb_to_recordset(${rows}::jsonb) AS g(event_id uuid, reaction text, state text, why text)`;
      await tx.execute(sql`
        UPDATE operator_act_items o SET state = g.state::"OperatorActItemState", error = coalesce(g.why, o.error)
        FROM ${given} WHERE o.act_id = ${id}::uuid AND o.event_id = g.event_id AND o.reaction = g.reaction`);
      await tx.execute(sql`
        UPDATE inbox i SET state = 'discarded' FROM ${given}
        WHERE g.state = 'discarded' AND i.event_id = g.event_id AND i.reaction = g.reaction AND i.state = 'dead'`);
      await tx.execute(sql`
        DELETE FROM inbox i USING ${given}
        WHERE g.state = 'taken' AND i.event_id = g.event_id AND i.reaction = g.reaction AND i.state = 'dead'`);
      // What waited before it died would end the new message, as a second chain of attempts.
      await tx.execute(sql`
        DELETE FROM reaction_waits w USING ${given}
        WHERE g.state = 'taken' AND w.event_id = g.event_id AND w.reaction = g.reaction`);
      return items.length;
    });
  }

  /** Sends what is taken. What the broker does not confirm stays taken, and is sent with a later step. */
  async send({ id }: BatchAct): Promise<void> {
    const items = await this.database.query<OutboxRow & { reaction: string; queue: string }>(sql`
      SELECT e.id, e.type, e.payload, e.actor_id AS "actorId", e.company_id AS "companyId",
        e.membership_version AS "membershipVersion", e.occurred_at AS "occurredAt", e.traceparent, o.reaction, r.queue
      FROM operator_act_items o JOIN domain_events e ON e.id = o.event_id JOIN reactions r ON r.name = o.reaction
      WHERE o.act_id = ${id}::uuid AND o.state = 'taken' ORDER BY o.event_id LIMIT ${BATCH}`);
    const outcomes = await Promise.all(
      items.map(({ reaction, queue, ...event }) => {
        const { traceparent } = event;
        const headers = { attempt: 1, chain: `act ${id}`, reaction, ...(traceparent !== null && { traceparent }) };
        const message = toMessage(event, { exchange: '', routingKey: queue });
        return this.publisher.publish({ ...message, headers: writeHeaders(headers) });
      }),
    );
    const sent = items.filter((_, index) => outcomes[index] === 'confirmed');
    if (sent.length === 0) return;
    await this.database.execute(sql`
      UPDATE operator_act_items o SET state = 'sent', sends = sends + 1,
        next_at = clock_timestamp() + make_interval(secs => ${FIRST_PAUSE_S} * 2 ^ sends)
      FROM unnest(${sent.map(({ id: eventId }) => eventId)}::uuid[], ${sent.map(({ reaction }) => reaction)}::text[]) AS s(event_id, reaction)
      WHERE o.act_id = ${id}::uuid AND o.event_id = s.event_id AND o.reaction = s.reaction AND o.state = 'taken'`);
  }

  /** Notes what has become of what was sent. A message that was lost is sent again, and in the end its reaction is dead again. */
  async settle({ id }: BatchAct): Promise<void> {
    await this.database.execute(sql`
      UPDATE operator_act_items o SET state = i.state::text::"OperatorActItemState", error = i.error FROM inbox i
      WHERE o.act_id = ${id}::uuid AND o.state = 'sent' AND i.event_id = o.event_id AND i.reaction = o.reaction`);
    const lost = sql`
      o.act_id = ${id}::uuid AND o.state = 'sent' AND o.next_at < clock_timestamp() AND NOT EXISTS (
        SELECT FROM reaction_waits w WHERE w.event_id = o.event_id AND w.reaction = o.reaction
          AND w.due_at > clock_timestamp() - make_interval(secs => ${WAIT_GRACE_S}))`;
    await this.database.execute(sql`
      INSERT INTO inbox (event_id, reaction, state, error)
      SELECT o.event_id, o.reaction, 'dead', coalesce(o.error, 'unknown') FROM operator_act_items o
      WHERE ${lost} AND o.sends >= ${MAX_SENDS} ON CONFLICT DO NOTHING`);
    await this.database.execute(sql`
      UPDATE operator_act_items o SET state = 'taken' WHERE ${lost} AND o.sends < ${MAX_SENDS}`);
  }
}

/** Why no handler can do it, whatever was repaired. */
function obstacleOf({ type, payload, queue }: Item): string | undefined {
  if (type === null) return 'the event is no longer stored';
  if (!QUEUES.some((known) => known === queue)) return 'no worker has this reaction any more';
  const contract = findEvent(type);
  if (!contract) return `${type} is no event of this version`;
  try {
    contract.payload.parse(payload);
    return undefined;
  } catch (error) {
    return `its payload is not that of ${type} any more: ${reasonOf(error).slice(0, 200)}`;
  }
}
