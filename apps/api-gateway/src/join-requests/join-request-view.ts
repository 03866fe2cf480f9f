import type { JoinRequestStatus, JoinRequestView } from '@convene/contracts/http/companies';
import { rawSql } from '@convene/prisma/database/sql';

/** What an export reads of a request to join. */
export const JOIN_REQUEST_ROW = {
  id: true,
  status: true,
  createdAt: true,
  decidedAt: true,
  company: { select: { id: true, name: true } },
  user: { select: { id: true, displayName: true } },
} as const;

/** The same in SQL, over `r` (join_requests), `c` (companies) and `u` (users). */
export const JOIN_REQUEST_COLUMNS = rawSql(`
  r.id, r.status::text, r.created_at AS "createdAt", r.decided_at AS "decidedAt",
  jsonb_build_object('id', c.id, 'name', c.name) AS company,
  jsonb_build_object('id', u.id, 'displayName', u.display_name) AS user`);

export interface JoinRequestRow {
  id: string;
  status: JoinRequestStatus;
  createdAt: Date;
  decidedAt: Date | null;
  company: { id: string; name: string };
  user: { id: string; displayName: string };
}

export function toJoinRequestView({ createdAt, decidedAt, ...request }: JoinRequestRow): JoinRequestView {
  return { ...request, createdAt: createdAt.toISOString(), decidedAt: decidedAt?.toISOString() ?? null };
}
