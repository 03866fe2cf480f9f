import type { EventContract, PayloadOf } from '@convene/contracts/event';
import { isRefusal } from '@convene/prisma/database/database-errors';
import { sql, type Template } from '@convene/prisma/database/sql';
import { refuseUnless, type Writer } from '@convene/prisma/database/transaction';
import type { OutboxRow } from '@convene/prisma/outbox-row';

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

/**
 * Adds an event to the writes of the transaction; the statement leaves with COMMIT at the latest.
 * @throws ZodError when the payload is not the contract's.
 */
export interface Append {
  <C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts): Promise<void>;
  /** The same for any number, in one statement. */
  all(events: readonly NewEvent[]): Promise<void>;
  /** Sends the statement now, for a caller that needs the ids. @returns them, in order. */
  now(events: readonly NewEvent[]): Promise<string[]>;
}

/** The events of one attempt of a transaction, which its process will publish. */
export interface Claim {
  /** From before the first of its events is sent. */
  readonly claimedAt: number;
  /** Undefined: the rows are left to a relay. */
  readonly forMs: number | undefined;
  /** The span that commits them, or the current trace. */
  readonly traceparent: string | null;
  readonly rows: OutboxRow[];
}

export function appendTo(tx: Writer, claim: Claim): Append {
  const all = async (events: readonly NewEvent[]) => {
    if (events.length === 0) return;
    const batch = new Batch(events, claim);
    await tx.write(batch.statement, {
      refusal: () => batch.missingCompany(),
      received: ([row]) => batch.appended(row as Appended),
    });
  };
  const one = <C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts) =>
    all([newEvent(event, payload, facts)]);
  const now = async (events: readonly NewEvent[]) => {
    const batch = new Batch(events, claim);
    try {
      const [row] = await tx.query<Appended>(batch.statement);
      return batch.appended(row);
    } catch (error) {
      throw isRefusal(error) ? batch.missingCompany() : error;
    }
  };
  return Object.assign(one, { all, now });
}

/** Of an event in its statement: `next_event_id` keeps it in these digits. The ids themselves need not rise: a clock can go back. */
const POSITION = sql`substr(id::text, 20, 4)`;

/** What the database gave to the events, column by column, in their order. */
interface Appended {
  readonly ids: readonly string[];
  readonly versions: readonly (number | null)[];
  readonly times: readonly Date[];
}

/** Events that one statement inserts. */
class Batch {
  private readonly rows: readonly Omit<OutboxRow, 'id' | 'membershipVersion' | 'occurredAt'>[];

  constructor(
    private readonly events: readonly NewEvent[],
    private readonly claim: Claim,
  ) {
    const { traceparent } = claim;
    this.rows = events.map(({ event: { type, payload: contract }, payload, facts: { actorId, companyId = null } }) => {
      return { type, payload: contract.parse(payload), actorId, companyId, traceparent };
    });
  }

  /**
   * The version of a company is read FOR SHARE: no membership can change between it and the event's commit, so "entitled at
   * version v" means entitled when it happened, however late the event is processed. Ids and times are the database's: a
   * sweeper's watermark is drawn by the same clock (docs/adr/0027). Ids rise with the position. The statement refuses when a
   * company does not exist.
   */
  get statement(): Template {
    const rows = this.rows.map(({ type, payload, actorId, companyId }, position) => {
      const internal = this.events[position]?.event.internal;
      return { position, type, internal, payload, actor_id: actorId, company_id: companyId };
    });
    // As JSON, whose length the planner does not look at: one plan serves all.
    return sql`
    WITH event AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS e(position int, type text, internal boolean, payload jsonb, actor_id uuid, company_id uuid)
    ), company AS (
      SELECT id, membership_version FROM companies WHERE id IN (SELECT company_id FROM event) ORDER BY id FOR SHARE
    ), appended AS (
      INSERT INTO domain_events
        (id, type, internal, payload, actor_id, company_id, membership_version, traceparent, occurred_at, claimed_until)
      SELECT next_event_id(e.position), e.type, e.internal, e.payload, e.actor_id, e.company_id,
        company.membership_version, ${this.rows[0]?.traceparent ?? null}, clock_timestamp(),
        clock_timestamp() + ${this.claim.forMs ?? null}::float8 * interval '1 ms'
      FROM event e LEFT JOIN company ON company.id = e.company_id
      WHERE e.company_id IS NULL OR company.id IS NOT NULL
      ORDER BY e.position
      RETURNING id, membership_version, occurred_at
    )
    SELECT array_agg(id ORDER BY ${POSITION}) AS ids, array_agg(membership_version ORDER BY ${POSITION}) AS versions,
      array_agg(occurred_at ORDER BY ${POSITION}) AS times, ${refuseUnless(sql`count(*) = ${rows.length}`)} AS complete
    FROM appended`;
  }

  /** @returns the ids. */
  appended(found: Appended | undefined): string[] {
    const { ids, versions, times } = found ?? { ids: [], versions: [], times: [] };
    if (this.claim.forMs !== undefined) {
      this.claim.rows.push(
        ...this.rows.map((row, n) => {
          return { ...row, id: ids[n] as string, membershipVersion: versions[n] ?? null, occurredAt: times[n] as Date };
        }),
      );
    }
    return [...ids];
  }

  missingCompany(): Error {
    const companyIds = this.rows.flatMap(({ companyId }) => companyId ?? []);
    return new Error(`A company does not exist, of ${companyIds.join(', ')}: its event cannot be appended`);
  }
}
