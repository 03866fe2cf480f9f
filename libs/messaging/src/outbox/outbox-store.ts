import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql, type Template } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';

/** Rows that could not be published come back after 2^attempts seconds, at most this many. */
const MAX_BACKOFF_S = 16;

/** The pending part of `domain_events`. Claims are short transactions: none is open while a relay waits for the broker. */
@Injectable()
export class OutboxStore {
  constructor(private readonly database: Database) {}

  /**
   * Whether a row waits for a relay; if not, when the first of the claims and pauses ends. Reads the partial index of
   * pending rows only: the first `limit` of them, and all those that are claimed.
   */
  async look(limit: number): Promise<{ due: boolean; nextInMs: number | null }> {
    const [row] = await this.database.query<{ due: boolean; nextInMs: number | null }>(sql`
      SELECT EXISTS (SELECT FROM domain_events
                     WHERE published_at IS NULL AND (claimed_until IS NULL OR claimed_until < clock_timestamp())) AS due,
        (SELECT (extract(epoch FROM min(claimed_until) - clock_timestamp()) * 1000)::float8
         FROM (SELECT claimed_until FROM domain_events WHERE published_at IS NULL ORDER BY id LIMIT ${limit}) AS first
        ) AS "nextInMs"`);
    return row ?? { due: false, nextInMs: null };
  }

  /** Takes up to `limit` of the oldest pending rows for `forMs`; another relay sees none of them until then. */
  claim(limit: number, forMs: number): Promise<OutboxRow[]> {
    return this.database.transaction((tx) => {
      // Statistics are older than a backlog. Expecting a handful of pending rows, the planner sorts all of them for each
      // batch; without sorts it takes the first ones of the index.
      tx.write(sql`SET LOCAL enable_sort = off`);
      return tx.query<OutboxRow>(sql`
        UPDATE domain_events e
        SET claimed_until = clock_timestamp() + make_interval(secs => ${forMs / 1000}), attempts = attempts + 1
        WHERE e.published_at IS NULL AND e.id = ANY(ARRAY(
          SELECT id FROM domain_events
          WHERE published_at IS NULL AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
          ORDER BY id
          LIMIT ${limit}
          FOR UPDATE SKIP LOCKED
        ))
        RETURNING e.id, e.type, e.payload, e.actor_id AS "actorId", e.company_id AS "companyId",
          e.membership_version AS "membershipVersion", e.occurred_at AS "occurredAt", e.traceparent`);
    });
  }

  /** The broker confirmed and routed them. */
  async markPublished(ids: string[]): Promise<void> {
    await this.database.execute(sql`
      UPDATE domain_events SET published_at = clock_timestamp(), claimed_until = NULL
      WHERE ${amongEvents(ids)}`);
  }

  /** Their claim goes on: the broker has not answered yet. */
  async renew(ids: string[], forMs: number): Promise<void> {
    await this.database.execute(sql`
      UPDATE domain_events SET claimed_until = clock_timestamp() + make_interval(secs => ${forMs / 1000})
      WHERE ${amongEvents(ids)} AND published_at IS NULL`);
  }

  /**
   * Not sent, or not known to be: they stay, and are due again after a growing pause.
   * @param returned Those of them that RabbitMQ returned, because no queue is bound for them.
   */
  async release(ids: string[], returned: string[]): Promise<void> {
    await this.database.execute(sql`
      UPDATE domain_events
      SET claimed_until = clock_timestamp() + make_interval(secs => least(0.25 * 2 ^ least(attempts, 10), ${MAX_BACKOFF_S})),
        returned_at = CASE WHEN id = ANY(${returned}::uuid[]) THEN clock_timestamp() END
      WHERE ${amongEvents(ids)} AND published_at IS NULL`);
  }

  /** Pending rows and the age of the oldest, in seconds. Reads the partial index of pending rows only. */
  async backlog(): Promise<{ pending: number; oldestSeconds: number }> {
    const [row] = await this.database.query<{ pending: number; oldestSeconds: number }>(sql`
      SELECT count(*)::int AS pending,
        coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float8 AS "oldestSeconds"
      FROM (SELECT occurred_at FROM domain_events WHERE published_at IS NULL ORDER BY id LIMIT 10000) AS p`);
    return row ?? { pending: 0, oldestSeconds: 0 };
  }
}

/**
 * The rows of these ids, of which there is at least one. By the bounds a prepared statement looks in the partitions between them
 * only; `= ANY(…)` alone would look for each id in the partitions of all months.
 */
function amongEvents(ids: readonly string[]): Template {
  const sorted = [...ids].sort();
  return sql`id = ANY(${sorted}::uuid[]) AND id BETWEEN ${sorted[0]}::uuid AND ${sorted.at(-1)}::uuid`;
}
