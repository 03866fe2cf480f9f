import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { DeadLetterView } from '@convene/contracts/ops/dead-letters';
import { readHeaders } from '@convene/messaging/headers';
import { type QueueName, QUEUES } from '@convene/messaging/topology/queues';
import { logger, reasonOf } from '@convene/observability/logger';
import { traceIdOf } from '@convene/observability/trace';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { DeadLetterCopies, type FoundCopies, type FoundCopy } from './dead-letter-copies';
import { impersonal } from './impersonal';

/** Of each queue: some seconds of work. Where more are dead, `dlq list` says what they have in common. */
const MAX_LOOKED_AT = 2_000;

type Reaction = DeadLetterView['reactions'][number];

interface Event {
  readonly type: string;
  readonly occurredAt: Date;
  readonly actorId: string | null;
  readonly companyId: string | null;
  readonly membershipVersion: number | null;
  readonly traceparent: string | null;
  readonly payload: unknown;
}

@Injectable()
export class ShowDeadLetter {
  constructor(
    private readonly database: Database,
    private readonly copies: DeadLetterCopies,
  ) {}

  /** @throws ConveneError NOT_FOUND when neither the ledger nor a dead-letter queue has anything dead of the event */
  async execute(eventId: string): Promise<DeadLetterView> {
    const [reactions, event] = await Promise.all([this.reactions(eventId), this.event(eventId)]);
    const copies = await this.copiesOf(eventId, reactions);
    if (reactions.length === 0 && !copies?.found.length) {
      throw new ConveneError('NOT_FOUND', `Nothing is dead of the event ${eventId}`);
    }
    return {
      eventId,
      event: event ? toEvent(event) : null,
      reactions,
      copies: copies?.found.map(toCopy) ?? null,
      allCopiesSeen: copies?.isComplete ?? false,
    };
  }

  private async event(eventId: string): Promise<Event | undefined> {
    const [event] = await this.database.query<Event>(sql`
      SELECT type, occurred_at AS "occurredAt", actor_id AS "actorId", company_id AS "companyId",
        membership_version AS "membershipVersion", traceparent, payload
      FROM domain_events WHERE id = ${eventId}::uuid`);
    return event;
  }

  private async reactions(eventId: string): Promise<Reaction[]> {
    const rows = await this.database.query<Omit<Reaction, 'diedAt'> & { diedAt: Date }>(sql`
      SELECT i.reaction, r.queue, coalesce(i.error, '') AS error, i.created_at AS "diedAt", coalesce((
        SELECT jsonb_agg(jsonb_build_object('actId', a.id, 'command', a.command, 'state', o.state) ORDER BY a.id DESC)
        FROM operator_act_items o JOIN operator_acts a ON a.id = o.act_id
        WHERE o.event_id = i.event_id AND o.reaction = i.reaction), '[]') AS acts
      FROM inbox i LEFT JOIN reactions r ON r.name = i.reaction
      WHERE i.event_id = ${eventId}::uuid AND i.state = 'dead' ORDER BY i.reaction`);
    return rows.map((row) => ({ ...row, diedAt: row.diedAt.toISOString() }));
  }

  /** In the queues of its dead reactions; of an event that the ledger does not know as dead, in all. */
  private async copiesOf(eventId: string, reactions: readonly Reaction[]): Promise<FoundCopies | undefined> {
    const known = QUEUES.filter((queue) => reactions.some((reaction) => reaction.queue === queue));
    const queues: readonly QueueName[] = known.length > 0 ? known : QUEUES;
    try {
      return await this.copies.find(eventId, queues, MAX_LOOKED_AT);
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, 'The copies of a dead letter could not be looked for');
      return undefined;
    }
  }
}

function toEvent({ payload, traceparent, occurredAt, ...event }: Event): NonNullable<DeadLetterView['event']> {
  const traceId = traceIdOf(traceparent) ?? null;
  return { ...event, traceId, occurredAt: occurredAt.toISOString(), ...impersonal(event.type, payload) };
}

function toCopy({ queue, message }: FoundCopy): NonNullable<DeadLetterView['copies']>[number] {
  const {
    reaction,
    attempt,
    waits = 0,
    firstSeenAt,
    chain,
    error,
    traceparent,
  } = readHeaders(message.properties.headers);
  return {
    queue,
    reaction: reaction ?? null,
    attempt,
    waits,
    firstSeenAt: firstSeenAt ?? null,
    chain: chain ?? null,
    error: error ?? null,
    traceId: traceIdOf(traceparent ?? null) ?? null,
    bytes: message.content.length,
  };
}
