import { Injectable } from '@nestjs/common';
import { findEvent } from '@convene/contracts/catalogue';
import { WAIT_GRACE_S } from '@convene/messaging/consumer/reaction-wait-store';
import { writeHeaders } from '@convene/messaging/headers';
import { toMessage } from '@convene/messaging/outbox/outbox-message';
import { Publisher } from '@convene/messaging/publisher';
import { QueueProbe } from '@convene/messaging/topology/queue-probe';
import { addressOf, QUEUES } from '@convene/messaging/topology/queues';
import { reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql, type Template } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import type { BatchAct } from './act-store';
import { moveItems } from './move-items';

/** First pause before a reaction whose message seems lost is sent again; doubled each time. */
const FIRST_PAUSE_S = 120;
/** After that many messages without an outcome it is dead again. */
const MAX_SENDS = 5;
const BATCH = 500;

interface ItemKey {
  readonly eventId: string;
  readonly reaction: string;
}

/** With its event, whose fields are null when it is no longer stored. */
type Item = ItemKey &
  Omit<OutboxRow, 'id' | 'type'> & {
    readonly type: string | null;
    /** Null when no worker has registered the reaction. */
    readonly queue: string | null;
  };

type Overdue = ItemKey & { readonly queue: string | null; readonly sends: number };

/**
 * One step of a replay: planned reactions are taken out of the ledger, sent to their queue, and watched until the ledger has them
 * again. At every moment a reaction is either in the ledger or an open item of the act, so a process that dies loses none.
 */
@Injectable()
export class ReplayStep {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly probe: QueueProbe,
  ) {}

  /** Takes up to `limit` planned reactions, unless the act was aborted. @returns how many were planned. */
  take({ id, command }: BatchAct, limit: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const running = await tx.query(sql`
        SELECT FROM operator_acts WHERE id = ${id}::uuid AND state = 'running' FOR UPDATE`);
      if (running.length === 0) return 0;
      const items = await tx.query<Item & { isDead: boolean }>(sql`
        SELECT o.event_id AS "eventId", o.reaction, r.queue, e.type, e.payload, (i.event_id IS NOT NULL) AS "isDead"
        FROM operator_act_items o
        LEFT JOIN inbox i ON i.event_id = o.event_id AND i.reaction = o.reaction AND i.state = 'dead'
        LEFT JOIN reactions r ON r.name = o.reaction
        LEFT JOIN domain_events e ON e.id = o.event_id
        WHERE o.act_id = ${id}::uuid AND o.state = 'planned'
        ORDER BY o.event_id LIMIT ${limit} FOR UPDATE OF o`);
      const discards = command === 'dlq discard';
      const given = givenOf(
        items.map((item) => {
          const why = item.isDead && !discards ? obstacleOf(item) : undefined;
          const state = !item.isDead ? 'gone' : why !== undefined ? 'impossible' : discards ? 'discarded' : 'taken';
          return { ...item, state, why };
        }),
      );
      await tx.execute(
        moveItems(
          id,
          'planned',
          sql`
          UPDATE operator_act_items o SET state = g.state::"OperatorActItemState", error = coalesce(g.why, o.error)
          FROM ${given} WHERE o.act_id = ${id}::uuid AND o.event_id = g.event_id AND o.reaction = g.reaction AND o.state = 'planned'`,
        ),
      );
      const settle = discards ? sql`discard_dead_reactions` : sql`take_dead_reactions`;
      await tx.execute(sql`SELECT ${settle}(${id}::uuid, ${eventIdsOf(items)}::uuid[], ${reactionsOf(items)}::text[])`);
      return items.length;
    });
  }

  /** Sends what is taken. What the broker does not confirm stays taken, and is sent with a later step. */
  async send({ id }: BatchAct): Promise<void> {
    const items = await this.database.query<Item>(sql`
      SELECT o.event_id AS "eventId", e.type, e.payload, e.actor_id AS "actorId", e.company_id AS "companyId",
        e.membership_version AS "membershipVersion", e.occurred_at AS "occurredAt", e.traceparent, o.reaction, r.queue
      FROM operator_act_items o
      LEFT JOIN domain_events e ON e.id = o.event_id
      LEFT JOIN reactions r ON r.name = o.reaction
      WHERE o.act_id = ${id}::uuid AND o.state = 'taken' ORDER BY o.event_id LIMIT ${BATCH}`);
    const judged = items.map((item) => ({ ...item, why: obstacleOf(item) }));
    await this.giveBack(
      id,
      judged.filter(({ why }) => why !== undefined),
    );
    const sendable = judged.filter(({ why }) => why === undefined);
    const outcomes = await Promise.all(sendable.map((item) => this.publish(id, item)));
    const sent = sendable.filter((_, index) => outcomes[index] === 'confirmed');
    if (sent.length === 0) return;
    const change = sql`
      UPDATE operator_act_items o SET state = 'sent', sends = sends + 1,
        next_at = clock_timestamp() + make_interval(secs => ${FIRST_PAUSE_S} * 2 ^ sends)
      FROM ${givenOf(sent)} WHERE o.act_id = ${id}::uuid AND o.event_id = g.event_id AND o.reaction = g.reaction AND o.state = 'taken'`;
    await this.database.execute(moveItems(id, 'taken', change));
  }

  private publish(actId: string, { eventId, reaction, queue, type, ...event }: Item) {
    const { traceparent } = event;
    const headers = { attempt: 1, chain: `act ${actId}`, reaction, ...(traceparent !== null && { traceparent }) };
    const row = { ...event, id: eventId, type: type ?? '' };
    const message = toMessage(row, addressOf(queue ?? ''));
    return this.publisher.publish({ ...message, headers: writeHeaders(headers) });
  }

  /** What cannot be sent any more, although it could when it was taken, is in the ledger again, and impossible. */
  private async giveBack(id: string, items: readonly (ItemKey & { why: string | undefined })[]): Promise<void> {
    if (items.length === 0) return;
    await this.database.transaction(async (tx) => {
      await tx.execute(giveUp(id, items));
      const change = sql`
        UPDATE operator_act_items o SET state = 'impossible', error = g.why
        FROM ${givenOf(items)} WHERE o.act_id = ${id}::uuid AND o.event_id = g.event_id AND o.reaction = g.reaction AND o.state = 'taken'`;
      await tx.execute(moveItems(id, 'taken', change));
    });
  }

  /** Notes what has become of what was sent. A message that was lost is sent again, and in the end its reaction is dead again. */
  async settle({ id }: BatchAct): Promise<void> {
    const over = sql`
      UPDATE operator_act_items o SET state = i.state::text::"OperatorActItemState", error = i.error FROM inbox i
      WHERE o.act_id = ${id}::uuid AND o.state = 'sent' AND i.event_id = o.event_id AND i.reaction = o.reaction`;
    await this.database.execute(moveItems(id, 'sent', over));
    const overdue = await this.database.query<Overdue>(sql`
      SELECT o.event_id AS "eventId", o.reaction, o.sends, r.queue
      FROM operator_act_items o LEFT JOIN reactions r ON r.name = o.reaction
      WHERE o.act_id = ${id}::uuid AND o.state = 'sent' AND o.next_at < clock_timestamp() AND NOT EXISTS (
        SELECT FROM reaction_waits w WHERE w.event_id = o.event_id AND w.reaction = o.reaction
          AND w.due_at > clock_timestamp() - make_interval(secs => ${WAIT_GRACE_S}))
      ORDER BY o.next_at LIMIT ${BATCH}`);
    if (overdue.length === 0) return;
    const idle = await this.idleOf(overdue);
    const lost = overdue.filter(({ queue }) => idle.has(queue));
    await this.postpone(
      id,
      overdue.filter(({ queue }) => !idle.has(queue)),
    );
    const [tooOften, again] = [
      lost.filter(({ sends }) => sends >= MAX_SENDS),
      lost.filter(({ sends }) => sends < MAX_SENDS),
    ];
    if (tooOften.length > 0) await this.database.execute(giveUp(id, tooOften));
    const resend = sql`
      UPDATE operator_act_items o SET state = 'taken' FROM ${givenOf(again)}
      WHERE o.act_id = ${id}::uuid AND o.event_id = g.event_id AND o.reaction = g.reaction AND o.state = 'sent'`;
    if (again.length > 0) await this.database.execute(moveItems(id, 'sent', resend));
  }

  /** The queues that have nothing ready: a message that is not in a backlog, nor in a queue that is paused, is lost. */
  private async idleOf(items: readonly Overdue[]): Promise<Set<string | null>> {
    const idle = new Set<string | null>([null]);
    for (const queue of new Set(items.map((item) => item.queue))) {
      const answer = queue === null ? null : await this.probe.ask(queue);
      if (answer === null || answer?.messageCount === 0) idle.add(queue);
    }
    return idle;
  }

  private async postpone(id: string, items: readonly ItemKey[]): Promise<void> {
    if (items.length === 0) return;
    await this.database.execute(sql`
      UPDATE operator_act_items o SET next_at = clock_timestamp() + make_interval(secs => ${FIRST_PAUSE_S})
      FROM ${givenOf(items)} WHERE o.act_id = ${id}::uuid AND o.event_id = g.event_id AND o.reaction = g.reaction AND o.state = 'sent'`);
  }
}

const eventIdsOf = (items: readonly ItemKey[]) => items.map(({ eventId }) => eventId);
const reactionsOf = (items: readonly ItemKey[]) => items.map(({ reaction }) => reaction);

/** Items as rows `g`. */
function givenOf(items: readonly (ItemKey & { state?: string; why?: string | undefined })[]): Template {
  const rows = items.map(({ eventId, reaction, state, why }) => ({ event_id: eventId, reaction, state, why }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g(event_id uuid, reaction text, state text, why text)`;
}

const giveUp = (id: string, items: readonly ItemKey[]) =>
  sql`SELECT give_up_reactions(${id}::uuid, ${eventIdsOf(items)}::uuid[], ${reactionsOf(items)}::text[])`;

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
