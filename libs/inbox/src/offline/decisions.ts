import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import { type Delays, type OfflineChannel, type Position, shortestOf } from './unreached';

export interface Step {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly step: 'mailed' | 'pushed' | 'withheld';
  readonly channel: OfflineChannel;
  readonly reason: string | null;
}

export async function writeSteps(tx: Queryable, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.execute(sql`
    INSERT INTO notification_steps (id, event_id, recipient_user_id, step, channel, reason)
    SELECT s.id, s."eventId", s."userId", s.step, s.channel::"NotificationChannel", s.reason
    FROM jsonb_to_recordset(${JSON.stringify(steps)}::jsonb)
      AS s(id uuid, "eventId" uuid, "userId" uuid, step text, channel text, reason text)`);
}

/** Sets the seq up to which each channel has decided. A position never decreases. */
export async function advancePositions(tx: Queryable, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  await tx.execute(sql`
    UPDATE inbox_counters c
    SET pushed_seq = greatest(c.pushed_seq, coalesce(moved.pushed, 0)), mailed_seq = greatest(c.mailed_seq, coalesce(moved.mailed, 0))
    FROM (
      SELECT user_id, max(seq) FILTER (WHERE channel = 'WEB_PUSH') AS pushed, max(seq) FILTER (WHERE channel = 'EMAIL') AS mailed
      FROM unnest(${positions.map(({ userId }) => userId)}::uuid[], ${positions.map(({ channel }) => channel)}::text[],
                  ${positions.map(({ after }) => after)}::bigint[]) AS p (user_id, channel, seq)
      GROUP BY user_id) AS moved
    WHERE c.user_id = moved.user_id`);
}

/** When an inbox is looked at again; null when all its channels have decided about all its notifications. */
export interface NextLook {
  readonly userId: string;
  readonly inMs: number | null;
}

/** Called with the counters locked: whatever writes to these inboxes afterwards finds what is left here. */
export async function scheduleLooks(tx: Queryable, looks: readonly NextLook[], delays: Delays): Promise<void> {
  if (looks.length === 0) return;
  await tx.execute(sql`
    WITH look AS (
      SELECT * FROM unnest(${looks.map(({ userId }) => userId)}::uuid[],
                           ${looks.map(({ inMs }) => inMs)}::float8[]) AS l (user_id, in_ms)
    ), reached AS (
      DELETE FROM unreached_inboxes u USING look WHERE u.user_id = look.user_id AND look.in_ms IS NULL
    )
    UPDATE unreached_inboxes u
    SET waiting_since = statement_timestamp() + make_interval(secs => (look.in_ms - ${shortestOf(delays)}) / 1000)
    FROM look WHERE u.user_id = look.user_id AND look.in_ms IS NOT NULL`);
}
