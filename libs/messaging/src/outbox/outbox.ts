import { Injectable, Optional } from '@nestjs/common';
import { EventContract, PayloadOf } from '@convene/contracts/event';
import { currentTrace } from '@convene/observability/trace';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, Tx } from '@convene/prisma/transaction';
import { OutboxRelay } from './outbox-relay';

export interface EventFacts {
  /** Who did it: never notified of it. */
  readonly actorId: string | null;
  /** The company whose members may be entitled; its membership version is read and kept with the event. */
  readonly companyId?: string;
}

/** Takes the type of its payload from the contract: what `append.all` takes several of. */
export interface NewEvent {
  readonly event: EventContract;
  readonly payload: unknown;
  readonly facts: EventFacts;
}

/** @returns the event, to be appended together with others in one statement. */
export function newEvent<C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts): NewEvent {
  return { event, payload, facts };
}

/** Adds an event to the transaction. @returns its id. @throws ZodError when the payload is not the contract's. */
export interface Append {
  <C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts): Promise<string>;
  /** The same for any number, in one statement. @returns their ids, in order. */
  all(events: readonly NewEvent[]): Promise<string[]>;
}

/**
 * Business rows and their events are committed together or not at all. The events are
 * inserted with a claim of this process, whose relay publishes them right after the commit. If the process dies before
 * that, another relay finds them when their claim is over.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly prisma: PrismaService,
    @Optional() private readonly relay?: OutboxRelay,
  ) {}

  async transaction<T>(work: (tx: Tx, append: Append) => Promise<T>): Promise<T> {
    let claim = newClaim(this.relay);
    const result = await inTransaction(this.prisma, (tx) => {
      claim = newClaim(this.relay);
      return work(tx, appendTo(tx, claim));
    });
    this.relay?.publishOwn(claim.rows, claim.claimedAt);
    return result;
  }
}

/** The events of one attempt of a transaction, which its process will publish. */
interface Claim {
  /** From before the first of its events is sent. */
  readonly claimedAt: number;
  /** Undefined: the rows are left to a relay. */
  readonly forMs: number | undefined;
  readonly rows: OutboxRow[];
}

const newClaim = (relay: OutboxRelay | undefined): Claim => ({
  claimedAt: performance.now(),
  forMs: relay?.claimMs,
  rows: [],
});

function appendTo(tx: Tx, claim: Claim): Append {
  const one = async <C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts) => {
    const [id] = await appendEvents(tx, claim, [newEvent(event, payload, facts)]);
    return id as string;
  };
  return Object.assign(one, { all: (events: readonly NewEvent[]) => appendEvents(tx, claim, events) });
}

/**
 * The version of a company is read FOR SHARE: no membership can change between it and the event's commit, so "entitled at
 * version v" means entitled when it happened, however late the event is processed. Ids and times are the database's: a
 * sweeper's watermark is drawn by the same clock (docs/adr/0027).
 */
async function appendEvents(tx: Tx, claim: Claim, events: readonly NewEvent[]): Promise<string[]> {
  if (events.length === 0) return [];
  const rows = events.map(({ event, payload, facts: { actorId, companyId = null } }, position) => ({
    position,
    type: event.type,
    internal: event.internal,
    payload: event.payload.parse(payload),
    actor_id: actorId,
    company_id: companyId,
  }));
  const traceparent = currentTrace()?.traceparent ?? null;
  // As JSON, whose length the planner does not look at: one plan serves all.
  const appended = await tx.$queryRaw<Pick<OutboxRow, 'id' | 'membershipVersion' | 'occurredAt'>[]>`
    WITH event AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS e(position int, type text, internal boolean, payload jsonb, actor_id uuid, company_id uuid)
    ), company AS (
      SELECT id, membership_version FROM companies WHERE id IN (SELECT company_id FROM event) ORDER BY id FOR SHARE
    )
    INSERT INTO domain_events
      (id, type, internal, payload, actor_id, company_id, membership_version, traceparent, occurred_at, claimed_until)
    SELECT next_event_id(e.position), e.type, e.internal, e.payload, e.actor_id, e.company_id,
      company.membership_version, ${traceparent}, clock_timestamp(),
      clock_timestamp() + ${claim.forMs ?? null}::float8 * interval '1 ms'
    FROM event e LEFT JOIN company ON company.id = e.company_id
    WHERE e.company_id IS NULL OR company.id IS NOT NULL
    ORDER BY e.position
    RETURNING id, membership_version AS "membershipVersion", occurred_at AS "occurredAt"`;
  if (appended.length < rows.length) {
    const companyIds = rows.flatMap(({ company_id: companyId }) => companyId ?? []);
    throw new Error(`A company does not exist, of ${companyIds.join(', ')}: its event cannot be appended`);
  }
  if (claim.forMs !== undefined) {
    for (const [position, row] of appended.entries()) {
      const { event, facts } = events[position] as NewEvent;
      const { actorId, companyId = null } = facts;
      claim.rows.push({ ...row, type: event.type, payload: rows[position]?.payload, actorId, companyId, traceparent });
    }
  }
  return appended.map(({ id }) => id);
}
