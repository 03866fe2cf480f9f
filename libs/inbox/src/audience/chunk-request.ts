import { AudienceChunkRequested } from '@convene/contracts/events/audience-chunks-requested';
import { currentTrace } from '@convene/observability/trace';
import { sql, type Template } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import type { ReactionSubject } from './draft';

/** The process that commits a request publishes it at once; after this time a relay publishes it instead. */
const OWN_CLAIM_S = 5;

/** The result columns of a statement with `requestChunk`; nulls when it made no request. */
export interface RequestedChunk {
  readonly chunkId: string | null;
  readonly chunkAfter: string | null;
  readonly chunkOccurredAt: Date | null;
}

export const REQUESTED_CHUNK = sql`r.id AS "chunkId", r.after AS "chunkAfter", r.occurred_at AS "chunkOccurredAt"`;

/**
 * `requested`: the event for the recipients after `after`, if `when` holds and the statement's `done` has a row. It is
 * committed with the rows before it, and claimed by the process that writes it.
 */
export function requestChunk(subject: ReactionSubject, after: Template, when: Template): Template {
  const { id, occurredAt, actorId, companyId, membershipVersion } = subject;
  return sql`
    requested AS (
      INSERT INTO domain_events (id, type, internal, payload, actor_id, company_id, membership_version, traceparent,
        occurred_at, claimed_until)
      SELECT next_event_id(), ${AudienceChunkRequested.type}, true,
        jsonb_build_object('eventId', ${id}::text, 'occurredAt', ${occurredAt}::text, 'after', ${after}),
        ${actorId}::uuid, ${companyId}::uuid, ${membershipVersion}::int, ${currentTrace()?.traceparent ?? null},
        clock_timestamp(), clock_timestamp() + make_interval(secs => ${OWN_CLAIM_S})
      FROM done WHERE ${when}
      RETURNING id, payload ->> 'after' AS after, occurred_at
    )`;
}

/** The request as the relay would read it. */
export function asOutboxRow(subject: ReactionSubject, requested: RequestedChunk): OutboxRow | undefined {
  const { chunkId, chunkAfter, chunkOccurredAt } = requested;
  if (chunkId === null || chunkAfter === null || chunkOccurredAt === null) return undefined;
  const { actorId, companyId, membershipVersion } = subject;
  return {
    ...{ id: chunkId, type: AudienceChunkRequested.type, actorId, companyId, membershipVersion },
    payload: { eventId: subject.id, occurredAt: subject.occurredAt, after: chunkAfter },
    occurredAt: chunkOccurredAt,
    traceparent: currentTrace()?.traceparent ?? null,
  };
}
