import { Injectable, Optional } from '@nestjs/common';
import { EventContract, PayloadOf } from '@convene/contracts/event';
import { currentTrace } from '@convene/observability/trace';
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
 * Business rows and their events are committed together or not at all. After the commit the relay of this process is
 * woken; if the process dies before that, any other relay finds the rows by its poll.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly prisma: PrismaService,
    @Optional() private readonly relay?: OutboxRelay,
  ) {}

  async transaction<T>(work: (tx: Tx, append: Append) => Promise<T>): Promise<T> {
    const result = await inTransaction(this.prisma, (tx) => work(tx, appendTo(tx)));
    this.relay?.wake();
    return result;
  }
}

function appendTo(tx: Tx): Append {
  const one = async <C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts) => {
    const [id] = await appendEvents(tx, [newEvent(event, payload, facts)]);
    return id as string;
  };
  return Object.assign(one, { all: (events: readonly NewEvent[]) => appendEvents(tx, events) });
}

/**
 * The version of a company is read FOR SHARE: no membership can change between it and the event's commit, so "entitled at
 * version v" means entitled when it happened, however late the event is processed. Ids and times are the database's: a
 * sweeper's watermark is drawn by the same clock (docs/adr/0027).
 */
async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<string[]> {
  if (events.length === 0) return [];
  const rows = events.map(({ event, payload, facts: { actorId, companyId = null } }, position) => ({
    position,
    type: event.type,
    internal: event.internal,
    payload: event.payload.parse(payload),
    actor_id: actorId,
    company_id: companyId,
  }));
  // As JSON, whose length the planner does not look at: one plan serves all.
  const appended = await tx.$queryRaw<{ id: string }[]>`
    WITH event AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS e(position int, type text, internal boolean, payload jsonb, actor_id uuid, company_id uuid)
    ), company AS (
      SELECT id, membership_version FROM companies WHERE id IN (SELECT company_id FROM event) ORDER BY id FOR SHARE
    )
    INSERT INTO domain_events
      (id, type, internal, payload, actor_id, company_id, membership_version, traceparent, occurred_at)
    SELECT next_event_id(e.position), e.type, e.internal, e.payload, e.actor_id, e.company_id,
      company.membership_version, ${currentTrace()?.traceparent ?? null}, clock_timestamp()
    FROM event e LEFT JOIN company ON company.id = e.company_id
    WHERE e.company_id IS NULL OR company.id IS NOT NULL
    ORDER BY e.position
    RETURNING id`;
  if (appended.length < rows.length) {
    const companyIds = rows.flatMap(({ company_id: companyId }) => companyId ?? []);
    throw new Error(`A company does not exist, of ${companyIds.join(', ')}: its event cannot be appended`);
  }
  return appended.map(({ id }) => id);
}
