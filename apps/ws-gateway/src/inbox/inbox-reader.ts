import type { NotificationCreatedFrame } from '@convene/contracts/sockets/frames';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';
import type { Snapshot, SnapshotRequest } from './snapshot';

/** Rows one replay holds at most. */
export const REPLAY_LIMIT = 500;

interface Row {
  position: number;
  head: number;
  unread: number;
  version: number;
  epoch: string;
  companies: Record<string, number>;
  rows: NotificationCreatedFrame[];
}

/**
 * Reads many inboxes in one statement, always from the primary: a replica that lags would make a gap look like a seq
 * that does not exist. Index scans only: (recipient_user_id, seq), memberships (user_id), primary keys.
 */
@Injectable()
export class InboxReader {
  constructor(private readonly prisma: PrismaService) {}

  /** One answer per request, in order. */
  async read(requests: readonly SnapshotRequest[]): Promise<Snapshot[]> {
    const userIds = requests.map(({ userId }) => userId);
    const afters = requests.map(({ after }) => after ?? null);
    const rows = await this.prisma.$queryRaw<Row[]>`
      SELECT asked.position::int, coalesce(counter.last_seq, 0)::float8 AS head,
             coalesce(counter.unread_count, 0) AS unread, coalesce(counter.version, 0)::float8 AS version,
             (SELECT epoch FROM inbox_epoch WHERE id = 1) AS epoch,
             coalesce((SELECT json_object_agg(company.id, company.membership_version)
                       FROM memberships member JOIN companies company ON company.id = member.company_id
                       WHERE member.user_id = asked.user_id AND company.deleted_at IS NULL), '{}') AS companies,
             CASE WHEN asked.after IS NULL THEN '[]' ELSE coalesce((
               SELECT json_agg(json_build_object('seq', seq, 'id', event_id, 'code', code, 'params', params,
                        'companyId', company_id, 'senderUserId', sender_user_id,
                        'createdAt', created_at, 'readAt', read_at) ORDER BY seq)
               FROM (SELECT * FROM notifications
                     WHERE recipient_user_id = asked.user_id AND seq > asked.after AND seq <= counter.last_seq
                       AND deleted_at IS NULL
                     ORDER BY seq LIMIT ${REPLAY_LIMIT + 1}) AS missed), '[]') END AS rows
      FROM unnest(${userIds}::uuid[], ${afters}::bigint[]) WITH ORDINALITY AS asked (user_id, after, position)
      LEFT JOIN inbox_counters counter ON counter.user_id = asked.user_id
      ORDER BY asked.position`;
    return rows.map((row, index) => snapshotOf(row, afters[index] ?? row.head));
  }
}

function snapshotOf(row: Row, after: number): Snapshot {
  const complete = row.rows.length <= REPLAY_LIMIT;
  const rows = row.rows.slice(0, REPLAY_LIMIT).map(frameOf);
  return {
    headSeq: row.head,
    unread: { count: row.unread, version: row.version },
    epoch: row.epoch,
    companies: new Map(Object.entries(row.companies)),
    page: { after, to: complete ? row.head : (rows.at(-1)?.seq ?? row.head), rows },
    complete,
  };
}

/** PostgreSQL's JSON writes times with an offset; frames carry UTC. */
function frameOf(row: NotificationCreatedFrame): NotificationCreatedFrame {
  return {
    ...row,
    createdAt: new Date(row.createdAt).toISOString(),
    readAt: row.readAt && new Date(row.readAt).toISOString(),
  };
}
