import { Injectable } from '@nestjs/common';
import type { NotificationCreatedFrame } from '@convene/contracts/frames';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { notificationJson } from './notification-row';
import type { Snapshot, SnapshotRequest } from './snapshot';

/** The maximum that one statement returns of one inbox; a longer replay continues with another statement. */
const PAGE_ROWS = 500;
const PAGE_BYTES = 256 * 1024;
/** The size of a row's JSON without its params. */
const ROW_BYTES = 400;

interface Row {
  position: number;
  head: number;
  unread: number;
  version: number;
  epoch: string;
  companies: Record<string, number>;
  /** The number of rows after the cursor (at most one more than `PAGE_ROWS`); `rows` are those that fit. */
  found: number;
  rows: NotificationCreatedFrame[];
}

/**
 * Reads many inboxes in one statement, always from the primary: a replica that lags would make a gap look like a seq
 * that does not exist. Of an inbox at its head it reads no index of notifications. Index scans only: (recipient_user_id, seq), memberships (user_id), primary keys.
 */
@Injectable()
export class InboxReader {
  constructor(private readonly database: Database) {}

  /** @returns one snapshot per request, in order. */
  async read(requests: readonly SnapshotRequest[]): Promise<Snapshot[]> {
    const userIds = requests.map(({ userId }) => userId);
    const afters = requests.map(({ after }) => after ?? null);
    const rows = await this.database.query<Row>(sql`
      SELECT asked.position::int, coalesce(counter.last_seq, 0)::float8 AS head,
             coalesce(counter.unread_count, 0) AS unread, coalesce(counter.version, 0)::float8 AS version,
             (SELECT current_inbox_epoch()) AS epoch,
             coalesce((SELECT json_object_agg(company.id, company.membership_version)
                       FROM memberships member JOIN companies company ON company.id = member.company_id
                       WHERE member.user_id = asked.user_id AND company.deleted_at IS NULL), '{}') AS companies,
             missed.found::int, missed.rows
      FROM unnest(${userIds}::uuid[], ${afters}::bigint[]) WITH ORDINALITY AS asked (user_id, after, position)
      LEFT JOIN inbox_counters counter ON counter.user_id = asked.user_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS found, coalesce(json_agg(${notificationJson('counted')} ORDER BY seq)
                 FILTER (WHERE before < ${PAGE_BYTES} AND nth <= ${PAGE_ROWS}), '[]') AS rows
        FROM (SELECT *, row_number() OVER earlier AS nth,
                coalesce(sum(octet_length(params::text) + ${ROW_BYTES}::int) OVER (earlier ROWS BETWEEN UNBOUNDED PRECEDING
                  AND 1 PRECEDING), 0) AS before
              FROM (SELECT * FROM notifications
                    WHERE asked.after < counter.last_seq
                      AND recipient_user_id = asked.user_id AND seq > asked.after AND seq <= counter.last_seq
                      AND deleted_at IS NULL
                    ORDER BY seq LIMIT ${PAGE_ROWS + 1}) AS next
              WINDOW earlier AS (ORDER BY seq)) AS counted
      ) AS missed
      ORDER BY asked.position`);
    return rows.map((row, index) => snapshotOf(row, afters[index] ?? row.head));
  }
}

function snapshotOf(row: Row, after: number): Snapshot {
  const complete = row.rows.length === row.found;
  const rows = row.rows.map(frameOf);
  return {
    headSeq: row.head,
    unread: { count: row.unread, version: row.version },
    epoch: row.epoch,
    companies: new Map(Object.entries(row.companies)),
    page: { after, to: complete ? row.head : (rows.at(-1)?.seq ?? row.head), rows },
  };
}

/** PostgreSQL's JSON writes times with an offset; frames carry UTC. */
function frameOf(row: NotificationCreatedFrame): NotificationCreatedFrame {
  return {
    ...row,
    createdAt: new Date(row.createdAt).toISOString(),
    readAt: inUtc(row.readAt),
    archivedAt: inUtc(row.archivedAt),
    snoozedUntil: inUtc(row.snoozedUntil),
  };
}

const inUtc = (time: string | null | undefined) => (time ? new Date(time).toISOString() : null);
