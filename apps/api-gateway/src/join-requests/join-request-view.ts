import type { JoinRequestStatus, JoinRequestView } from '@convene/contracts/http/companies';

/** What every use case reads of a request to join. */
export const JOIN_REQUEST_ROW = {
  id: true,
  status: true,
  createdAt: true,
  decidedAt: true,
  company: { select: { id: true, name: true } },
  user: { select: { id: true, displayName: true } },
} as const;

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
