import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { ReactionTraceState, TraceView } from '@convene/contracts/ops/trace';
import { traceIdOf } from '@convene/observability/trace';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

type Event = NonNullable<TraceView['event']>;
interface EventRow extends Omit<Event, 'traceId' | 'occurredAt' | 'publishedAt' | 'claimedUntil'> {
  readonly traceparent: string | null;
  readonly occurredAt: Date;
  readonly publishedAt: Date | null;
  readonly claimedUntil: Date | null;
}

interface Span {
  readonly firstAt: Date;
  readonly lastAt: Date;
}

@Injectable()
export class TraceEvent {
  constructor(private readonly database: Database) {}

  /**
   * Everywhere an event has been, as PostgreSQL knows it: outbox, reactions, sweeps, notifications and what became of them.
   * @throws ConveneError NOT_FOUND when there is no trace of it
   */
  async execute(eventId: string): Promise<TraceView> {
    const event = await this.event(eventId);
    const [reactions, sweeps, notifications, steps] = await Promise.all([
      this.reactions(eventId, event),
      this.sweeps(eventId),
      this.notifications(eventId),
      this.steps(eventId),
    ]);
    if (!event && reactions.length === 0)
      throw new ConveneError('NOT_FOUND', `There is no trace of an event ${eventId}`);
    return { event: event ? toEvent(event) : null, reactions, sweeps, notifications, steps };
  }

  private async event(eventId: string): Promise<EventRow | undefined> {
    const [row] = await this.database.query<EventRow>(sql`
      SELECT id, type, internal, actor_id AS "actorId", company_id AS "companyId", membership_version AS "membershipVersion",
        traceparent, occurred_at AS "occurredAt", published_at AS "publishedAt", claimed_until AS "claimedUntil", attempts
      FROM domain_events WHERE id = ${eventId}::uuid`);
    return row;
  }

  /** Those that are registered for its type, and those that the ledger knows. */
  private async reactions(eventId: string, event: EventRow | undefined): Promise<TraceView['reactions']> {
    const rows = await this.database.query<{
      name: string;
      queue: string | null;
      state: ReactionTraceState;
      at: Date | null;
      error: string | null;
    }>(sql`
      SELECT coalesce(r.name, i.reaction) AS name, r.queue, i.error, coalesce(i.created_at, w.due_at) AS at,
        CASE WHEN i.state IS NOT NULL THEN i.state::text WHEN w.due_at IS NOT NULL THEN 'waiting'
             WHEN r.registered_at > ${event?.occurredAt ?? null}::timestamptz THEN 'not owed' ELSE 'owed' END AS state
      FROM (SELECT * FROM inbox WHERE event_id = ${eventId}::uuid) AS i
      FULL JOIN (SELECT * FROM reactions WHERE event_type = ${event?.type ?? null}::text) AS r ON r.name = i.reaction
      LEFT JOIN reaction_waits w ON w.event_id = ${eventId}::uuid AND w.reaction = r.name
      ORDER BY 1`);
    return rows.map((row) => ({ ...row, at: row.at?.toISOString() ?? null }));
  }

  private async sweeps(eventId: string): Promise<TraceView['sweeps']> {
    const rows = await this.database.query<{ queue: string; attempts: number; nextAt: Date }>(sql`
      SELECT queue, attempts, next_at AS "nextAt" FROM sweep_attempts WHERE event_id = ${eventId}::uuid ORDER BY queue`);
    return rows.map((row) => ({ ...row, nextAt: row.nextAt.toISOString() }));
  }

  private async notifications(eventId: string): Promise<TraceView['notifications']> {
    const rows = await this.database.query<
      Span & { code: string; count: number; read: number; archived: number; deleted: number }
    >(sql`
      SELECT code, count(*)::int AS count, count(read_at)::int AS read, count(archived_at)::int AS archived,
        count(deleted_at)::int AS deleted, min(created_at) AS "firstAt", max(created_at) AS "lastAt"
      FROM notifications WHERE event_id = ${eventId}::uuid GROUP BY code ORDER BY code`);
    const unfinished = await this.database.query(sql`SELECT FROM audiences WHERE event_id = ${eventId}::uuid`);
    const sum = (count: 'count' | 'read' | 'archived' | 'deleted') =>
      rows.reduce((total, row) => total + row[count], 0);
    return {
      total: sum('count'),
      read: sum('read'),
      archived: sum('archived'),
      deleted: sum('deleted'),
      isComplete: unfinished.length === 0,
      codes: rows.map(({ code, count, ...row }) => ({ code, count, ...spanOf(row) })),
    };
  }

  private async steps(eventId: string): Promise<TraceView['steps']> {
    const rows = await this.database.query<
      Span & { step: string; channel: string | null; reason: string | null; count: number }
    >(sql`
      SELECT step, channel::text, reason, count(*)::int AS count, min(at) AS "firstAt", max(at) AS "lastAt"
      FROM notification_steps WHERE event_id = ${eventId}::uuid GROUP BY step, channel, reason ORDER BY min(at)`);
    return rows.map((row) => ({ ...row, ...spanOf(row) }));
  }
}

const spanOf = ({ firstAt, lastAt }: Span) => ({ firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() });

function toEvent({ traceparent, occurredAt, publishedAt, claimedUntil, ...row }: EventRow): Event {
  return {
    ...row,
    traceId: traceIdOf(traceparent) ?? null,
    occurredAt: occurredAt.toISOString(),
    publishedAt: publishedAt?.toISOString() ?? null,
    claimedUntil: claimedUntil?.toISOString() ?? null,
  };
}
