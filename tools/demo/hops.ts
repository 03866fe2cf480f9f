import { Client } from 'pg';
import type { Received } from '../simulated-users/received';

/** Milliseconds from one step of an event's way to the next, one figure per notification. */
export type Hops = Map<string, number[]>;

interface Steps {
  event_id: string;
  recipient: string;
  occurred_at: Date;
  published_at: Date;
  created_at: Date;
}

/** The steps are timestamps of processes on this one machine, so their differences mean something. */
export async function measureHops(
  databaseUrl: string,
  arrivals: ReadonlyMap<string, Received>,
  since: Date,
): Promise<Hops> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const { rows } = await database
    .query<Steps>(
      `SELECT e.id AS event_id, n.recipient_user_id AS recipient, e.occurred_at, e.published_at, n.created_at
       FROM domain_events e JOIN notifications n ON n.event_id = e.id
       WHERE e.occurred_at >= $1 AND e.published_at IS NOT NULL`,
      [since],
    )
    .finally(() => database.end());
  const hops: Hops = new Map();
  const add = (name: string, ms: number) => {
    const values = hops.get(name) ?? [];
    values.push(ms);
    hops.set(name, values);
  };
  for (const step of rows) {
    const at = arrivals.get(step.event_id)?.at;
    if (at === undefined) continue;
    const [written, published, row] = [step.occurred_at, step.published_at, step.created_at].map(Number) as [
      number,
      number,
      number,
    ];
    add('written → marked as published', published - written);
    add('written → notification row', row - written);
    add('notification row → socket', at - row);
    add('written → socket (commit to socket)', at - written);
  }
  return hops;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
