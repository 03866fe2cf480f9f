import { Injectable } from '@nestjs/common';
import type { OutboxRow } from './outbox-store';
import { PrismaService } from './prisma.service';

const NIL = '00000000-0000-0000-0000-000000000000';
/** First pause before an event is put back a second time; doubled each time after, up to an hour. */
const FIRST_PAUSE_S = 60;

/** What a queue's sweeper knows: how far it has looked, and what it has put back. */
@Injectable()
export class SweepStore {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Published events older than `ageMs` that lack an inbox row for a reaction of the queue which existed when they
   * happened; oldest first. Moves the watermark up to the first event that is not over (missing, or not yet published),
   * so that in the calm case each event is looked at once.
   */
  async missing(queue: string, ageMs: number, limit: number): Promise<OutboxRow[]> {
    const since = await this.watermark(queue);
    const [bounds] = await this.prisma.$queryRaw<{ cutoff: string | null; open: string | null }[]>`
      WITH old AS (
        SELECT e.id, e.type, e.occurred_at, e.published_at FROM domain_events e
        WHERE e.id > ${since}::uuid AND e.occurred_at < clock_timestamp() - make_interval(secs => ${ageMs / 1000})
          AND e.type IN (SELECT event_type FROM reactions WHERE queue = ${queue})
      )
      SELECT (SELECT id FROM old ORDER BY id DESC LIMIT 1) AS cutoff,
        (SELECT old.id FROM old JOIN reactions r
           ON r.queue = ${queue} AND r.event_type = old.type AND r.registered_at <= old.occurred_at
         LEFT JOIN inbox i ON i.event_id = old.id AND i.reaction = r.name
         WHERE i.event_id IS NULL OR old.published_at IS NULL
         ORDER BY old.id LIMIT 1) AS open`;
    if (!bounds?.cutoff) return [];
    if (!bounds.open) {
      await this.advance(queue, bounds.cutoff);
      return [];
    }
    // Just below the open event: `id > watermark` finds it again until it is over.
    await this.advance(queue, before(bounds.open));
    return this.due(queue, bounds.open, bounds.cutoff, limit);
  }

  /** They are on the queue again; the next time is later. */
  async recordAttempts(queue: string, eventIds: string[]): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO sweep_attempts (queue, event_id, attempts, next_at)
      SELECT ${queue}, id, 1, clock_timestamp() + make_interval(secs => ${FIRST_PAUSE_S})
      FROM unnest(${eventIds}::uuid[]) AS id
      ON CONFLICT (queue, event_id) DO UPDATE SET
        attempts = sweep_attempts.attempts + 1,
        next_at = clock_timestamp() + make_interval(secs => least(${FIRST_PAUSE_S} * 2 ^ least(sweep_attempts.attempts, 10), 3600))`;
  }

  private async watermark(queue: string): Promise<string> {
    const row = await this.prisma.sweepWatermark.findUnique({ where: { queue } });
    return row?.watermark ?? NIL;
  }

  private async advance(queue: string, watermark: string): Promise<void> {
    await this.prisma.$transaction([
      this.prisma.$executeRaw`
        INSERT INTO sweep_watermarks (queue, watermark) VALUES (${queue}, ${watermark}::uuid)
        ON CONFLICT (queue) DO UPDATE SET watermark = excluded.watermark, updated_at = clock_timestamp()
        WHERE sweep_watermarks.watermark < excluded.watermark`,
      this.prisma.$executeRaw`
        DELETE FROM sweep_attempts WHERE queue = ${queue} AND event_id <= ${watermark}::uuid`,
    ]);
  }

  private due(queue: string, from: string, to: string, limit: number): Promise<OutboxRow[]> {
    return this.prisma.$queryRaw<OutboxRow[]>`
      SELECT DISTINCT e.id, e.type, e.payload::jsonb AS payload, e.actor_id AS "actorId", e.company_id AS "companyId",
        e.membership_version AS "membershipVersion", e.occurred_at AS "occurredAt", e.traceparent
      FROM domain_events e
      JOIN reactions r ON r.queue = ${queue} AND r.event_type = e.type AND r.registered_at <= e.occurred_at
      LEFT JOIN inbox i ON i.event_id = e.id AND i.reaction = r.name
      LEFT JOIN sweep_attempts a ON a.queue = ${queue} AND a.event_id = e.id
      WHERE e.id BETWEEN ${from}::uuid AND ${to}::uuid AND e.published_at IS NOT NULL AND i.event_id IS NULL
        AND (a.next_at IS NULL OR a.next_at <= clock_timestamp())
      ORDER BY e.id LIMIT ${limit}`;
  }
}

/** The largest UUID below a given one, as PostgreSQL orders them. */
function before(id: string): string {
  const number = BigInt(`0x${id.replaceAll('-', '')}`) - 1n;
  const hex = number.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
