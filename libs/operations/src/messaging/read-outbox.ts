import { Injectable } from '@nestjs/common';
import type { OutboxView } from '@convene/contracts/ops/outbox';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** A broker that was away for a day leaves millions: the oldest say what is wrong. */
const MAX_COUNTED = 100_000;

type Counts = OutboxView['types'][number];

@Injectable()
export class ReadOutbox {
  constructor(private readonly database: Database) {}

  /** What is committed and not published yet, by type, the oldest first. Reads the index of pending rows only. */
  async execute(limit = MAX_COUNTED): Promise<OutboxView> {
    const types = await this.database.query<Counts>(sql`
      SELECT type, count(*)::int AS pending,
        count(*) FILTER (WHERE claimed_until > clock_timestamp())::int AS claimed,
        count(*) FILTER (WHERE attempts > 1)::int AS failed,
        count(*) FILTER (WHERE returned_at IS NOT NULL)::int AS returned,
        extract(epoch FROM clock_timestamp() - min(occurred_at))::float8 AS "oldestSeconds"
      FROM (SELECT type, claimed_until, attempts, returned_at, occurred_at FROM domain_events
            WHERE published_at IS NULL ORDER BY id LIMIT ${limit}) AS pending
      GROUP BY type ORDER BY min(occurred_at)`);
    const sum = (count: 'pending' | 'claimed' | 'failed' | 'returned') =>
      types.reduce((total, row) => total + row[count], 0);
    return {
      pending: sum('pending'),
      claimed: sum('claimed'),
      failed: sum('failed'),
      returned: sum('returned'),
      oldestSeconds: types[0]?.oldestSeconds ?? 0,
      isTruncated: sum('pending') === limit,
      types,
    };
  }
}
