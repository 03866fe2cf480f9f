import type { Tx } from '@convene/prisma/transaction';
import type { OfflineChannel, Position } from './unreached';

export interface Step {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly step: 'mailed' | 'pushed' | 'withheld';
  readonly channel: OfflineChannel;
  readonly reason: string | null;
}

export async function writeSteps(tx: Tx, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO notification_steps (id, event_id, recipient_user_id, step, channel, reason)
    SELECT s.id, s."eventId", s."userId", s.step, s.channel::"NotificationChannel", s.reason
    FROM jsonb_to_recordset(${JSON.stringify(steps)}::jsonb)
      AS s(id uuid, "eventId" uuid, "userId" uuid, step text, channel text, reason text)`;
}

/** Sets the seq up to which each channel has decided. A position never decreases. */
export async function advancePositions(tx: Tx, positions: readonly Position[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE inbox_counters c
    SET pushed_seq = greatest(c.pushed_seq, coalesce(moved.pushed, 0)), mailed_seq = greatest(c.mailed_seq, coalesce(moved.mailed, 0))
    FROM (
      SELECT user_id, max(seq) FILTER (WHERE channel = 'WEB_PUSH') AS pushed, max(seq) FILTER (WHERE channel = 'EMAIL') AS mailed
      FROM unnest(${positions.map(({ userId }) => userId)}::uuid[], ${positions.map(({ channel }) => channel)}::text[],
                  ${positions.map(({ after }) => after)}::bigint[]) AS p (user_id, channel, seq)
      GROUP BY user_id) AS moved
    WHERE c.user_id = moved.user_id`;
}
