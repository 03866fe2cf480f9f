import { Injectable } from '@nestjs/common';
import type { DeadLetterFilter, DeadLetterGroup, DeadLetterGroupsView } from '@convene/contracts/ops/dead-letters';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { deadReactions } from './dead-reactions';

/** The most frequent failures; a filter shows the others. */
const MAX_GROUPS = 200;

type Row = Omit<DeadLetterGroup, 'firstAt' | 'lastAt'> & { firstAt: Date; lastAt: Date; total: number };

/** Ids, numbers and quoted values differ between failures that are the same one. */
const VARYING = String.raw`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\m[0-9a-f]{16,}\M|\d+`;
const MAX_ERROR = 160;

@Injectable()
export class ListDeadLetters {
  constructor(private readonly database: Database) {}

  /** What was given up, by queue, event, reaction and error, the most frequent first. */
  async execute(filter: DeadLetterFilter): Promise<DeadLetterGroupsView> {
    const rows = await this.database.query<Row>(sql`
      SELECT *, (sum(count) OVER ())::int AS total FROM (
        SELECT r.queue, coalesce(e.type, r.event_type) AS type, i.reaction,
          left(regexp_replace(coalesce(i.error, ''), ${VARYING}, '*', 'gi'), ${MAX_ERROR}) AS error,
          count(*)::int AS count, min(i.created_at) AS "firstAt", max(i.created_at) AS "lastAt",
          (array_agg(i.event_id ORDER BY i.created_at DESC))[1] AS "sampleEventId"
        ${deadReactions(filter)}
        GROUP BY 1, 2, 3, 4
      ) AS groups
      ORDER BY count DESC, "lastAt" DESC LIMIT ${MAX_GROUPS}`);
    const data = rows.map(({ total: _, firstAt, lastAt, ...group }) => {
      return { ...group, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
    });
    return { total: rows[0]?.total ?? 0, data };
  }
}
