/** A committed event, as the relay publishes it and a sweeper republishes it. */
export interface OutboxRow {
  id: string;
  type: string;
  payload: unknown;
  actorId: string | null;
  companyId: string | null;
  membershipVersion: number | null;
  occurredAt: Date;
  traceparent: string | null;
}
