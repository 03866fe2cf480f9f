import { Injectable } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { NIL } from '@convene/prisma/ids';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { WAIT_GRACE_S } from '../consumer/reaction-wait-store';

/** First pause before an event is put back a second time; doubled each time after, up to an hour. */
const FIRST_PAUSE_S = 60;
/** How long before its reactions were registered a queue without a watermark begins to look. */
const BEFORE_REGISTRATION_S = 60;
/** How far back is looked again when the database's clock went back to before the watermark. */
const LOOK_BACK_S = 86_400;

/** What the database says at the beginning of a sweep, all of it as of one snapshot. */
interface Bounds {
  watermark: string;
  /** The id of the youngest event that is old enough. */
  ceiling: string;
  /** Where to begin when the clock went back. */
  lookBack: string;
  /** The youngest event up to the ceiling. */
  newest: string;
  /** Transactions below it are over: committed and visible, or gone. */
  oldestRunning: bigint;
  /** The next transaction to come. */
  nextTransaction: bigint;
}

/** Events up to `ceiling` were drawn by transactions below `fence`: once those are over, all there will be is visible. */
interface Horizon {
  readonly ceiling: string;
  readonly fence: bigint;
}

/** What a queue's sweeper knows: how far it has looked, and what it has put back. */
@Injectable()
export class SweepStore {
  private readonly horizons = new Map<string, Horizon>();

  constructor(private readonly database: Database) {}

  /**
   * Published events older than `ageMs` that lack a ledger row for a reaction of the queue which existed when they
   * happened; oldest first. Moves the watermark up to the first event that is not over (missing, or not yet published),
   * so that in the calm case each event is looked at once, and a sweep without a new event is one statement that writes
   * nothing; but never past an id that can still be committed, however long its transaction takes (docs/adr/0027).
   */
  async missing(queue: string, ageMs: number, limit: number): Promise<OutboxRow[]> {
    const bounds = await this.bounds(queue, ageMs);
    const wentBack = this.clockWentBack(queue, bounds);
    const since = wentBack ? bounds.lookBack : bounds.watermark;
    if (wentBack) await this.moveTo(queue, since);
    const complete = this.completeUpTo(queue, bounds);
    if (bounds.newest <= since) return [];
    const open = await this.firstOpen(queue, since, bounds.ceiling);
    if (complete) {
      // Just below the open event: `id > watermark` finds it again until it is over.
      const watermark = open && open < complete ? before(open) : complete;
      if (watermark > since) await this.moveTo(queue, watermark);
    }
    return open ? this.due(queue, open, bounds.ceiling, limit) : [];
  }

  /** They are on the queue again; the next time is later. */
  async recordAttempts(queue: string, eventIds: string[]): Promise<void> {
    await this.database.execute(sql`
      INSERT INTO sweep_attempts (queue, event_id, attempts, next_at)
      SELECT ${queue}, id, 1, clock_timestamp() + make_interval(secs => ${FIRST_PAUSE_S})
      FROM unnest(${eventIds}::uuid[]) AS id
      ON CONFLICT (queue, event_id) DO UPDATE SET
        attempts = sweep_attempts.attempts + 1,
        next_at = clock_timestamp() + make_interval(secs => least(${FIRST_PAUSE_S} * 2 ^ least(sweep_attempts.attempts, 10), 3600))`);
  }

  /** now() comes before the snapshot: an id below the ceiling belongs to a transaction that the snapshot knows. */
  private async bounds(queue: string, ageMs: number): Promise<Bounds> {
    const [row] = await this.database.query<Bounds & { oldestRunning: string; nextTransaction: string }>(sql`
      SELECT coalesce(
          (SELECT watermark FROM sweep_watermarks WHERE queue = ${queue}),
          (SELECT least(uuid_v7_floor(min(registered_at) - make_interval(secs => ${BEFORE_REGISTRATION_S})),
              uuid_v7_floor(now() - make_interval(secs => ${ageMs / 1000}))) FROM reactions WHERE queue = ${queue}),
          ${NIL}::uuid) AS watermark,
        coalesce((SELECT id FROM domain_events WHERE id < uuid_v7_floor(now() - make_interval(secs => ${ageMs / 1000}))
                  ORDER BY id DESC LIMIT 1), ${NIL}::uuid) AS newest,
        uuid_v7_floor(now() - make_interval(secs => ${ageMs / 1000})) AS ceiling,
        uuid_v7_floor(now() - make_interval(secs => ${ageMs / 1000 + LOOK_BACK_S})) AS "lookBack",
        pg_snapshot_xmin(snapshot)::text AS "oldestRunning", pg_snapshot_xmax(snapshot)::text AS "nextTransaction"
      FROM pg_current_snapshot() AS snapshot`);
    if (!row) throw new Error('The database did not say what time it is');
    return { ...row, oldestRunning: BigInt(row.oldestRunning), nextTransaction: BigInt(row.nextTransaction) };
  }

  /** By more than the sweeper's age: events since then may lie below the watermark. Less than that it bears as it is. */
  private clockWentBack(queue: string, { watermark, ceiling }: Bounds): boolean {
    const drawn = this.horizons.get(queue)?.ceiling ?? NIL;
    if (watermark <= ceiling && drawn <= ceiling) return false;
    this.horizons.delete(queue);
    logger.warn({ queue, watermark, ceiling }, 'The clock of the database went back: looking at a day of events again');
    return true;
  }

  /**
   * The ceiling of an earlier sweep, as soon as every transaction that may have drawn an id below it is over.
   * @returns undefined while one of them runs, and the first time.
   */
  private completeUpTo(queue: string, bounds: Bounds): string | undefined {
    const { ceiling, oldestRunning, nextTransaction } = bounds;
    const drawn = this.horizons.get(queue);
    const over = drawn && drawn.fence <= oldestRunning;
    // A fence that is yet to come is of another server, before a failover.
    if (!drawn || over || drawn.fence > nextTransaction) this.horizons.set(queue, { ceiling, fence: nextTransaction });
    return over ? drawn.ceiling : undefined;
  }

  /**
   * The first event that is not over, between the two. The bounds are given for both tables, so that neither is read
   * beyond them, whatever the planner expects.
   */
  private async firstOpen(queue: string, since: string, ceiling: string): Promise<string | undefined> {
    const [open] = await this.database.query<{ id: string }>(sql`
      SELECT e.id FROM domain_events e
      JOIN reactions r ON r.queue = ${queue} AND r.event_type = e.type AND r.registered_at <= e.occurred_at
      LEFT JOIN inbox i ON i.event_id = e.id AND i.reaction = r.name
        AND i.event_id > ${since}::uuid AND i.event_id < ${ceiling}::uuid
      WHERE e.id > ${since}::uuid AND e.id < ${ceiling}::uuid AND (i.event_id IS NULL OR e.published_at IS NULL)
      ORDER BY e.id LIMIT 1`);
    return open?.id;
  }

  /** Behind the watermark a reaction may wait that an operator replays: its wait is kept until the ledger has it again. */
  private async moveTo(queue: string, watermark: string): Promise<void> {
    await this.database.execute(sql`
      WITH attempts AS (
        DELETE FROM sweep_attempts WHERE queue = ${queue} AND event_id <= ${watermark}::uuid
      ), waits AS (
        DELETE FROM reaction_waits w WHERE w.queue = ${queue} AND w.event_id <= ${watermark}::uuid AND (
          EXISTS (SELECT FROM inbox i WHERE i.event_id = w.event_id AND i.reaction = w.reaction)
          OR w.due_at < clock_timestamp() - make_interval(secs => ${WAIT_GRACE_S}))
      )
      INSERT INTO sweep_watermarks (queue, watermark) VALUES (${queue}, ${watermark}::uuid)
      ON CONFLICT (queue) DO UPDATE SET watermark = excluded.watermark, updated_at = clock_timestamp()`);
  }

  private due(queue: string, from: string, to: string, limit: number): Promise<OutboxRow[]> {
    return this.database.query<OutboxRow>(sql`
      SELECT DISTINCT e.id, e.type, e.payload::jsonb AS payload, e.actor_id AS "actorId", e.company_id AS "companyId",
        e.membership_version AS "membershipVersion", e.occurred_at AS "occurredAt", e.traceparent
      FROM domain_events e
      JOIN reactions r ON r.queue = ${queue} AND r.event_type = e.type AND r.registered_at <= e.occurred_at
      LEFT JOIN inbox i ON i.event_id = e.id AND i.reaction = r.name
        AND i.event_id BETWEEN ${from}::uuid AND ${to}::uuid
      LEFT JOIN sweep_attempts a ON a.queue = ${queue} AND a.event_id = e.id
      LEFT JOIN reaction_waits w ON w.event_id = e.id AND w.reaction = r.name
      WHERE (w.due_at IS NULL OR w.due_at < clock_timestamp() - make_interval(secs => ${WAIT_GRACE_S})) AND e.id BETWEEN ${from}::uuid AND ${to}::uuid AND e.published_at IS NOT NULL AND i.event_id IS NULL
        AND (a.next_at IS NULL OR a.next_at <= clock_timestamp())
      ORDER BY e.id LIMIT ${limit}`);
  }
}

/** The largest UUID below a given one, as PostgreSQL orders them. */
function before(id: string): string {
  const number = BigInt(`0x${id.replaceAll('-', '')}`) - 1n;
  const hex = number.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
