import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { TimelineStep, type TimelineView } from '@convene/contracts/http/notifications';
import type { NotificationRow } from '@convene/inbox/notification-row';
import { toNotificationView } from '@convene/inbox/notification-view';
import { type NotificationHistory, readHistory } from '@convene/inbox/read-history';
import { findNotification } from '@convene/inbox/read-notifications';
import { Database } from '@convene/prisma/database/database';

@Injectable()
export class ReadTimeline {
  constructor(private readonly database: Database) {}

  /** @throws ConveneError NOT_FOUND, also for a notification of another user */
  async execute(userId: string, eventId: string): Promise<TimelineView> {
    const row = await findNotification(this.database, userId, eventId);
    if (!row) throw new ConveneError('NOT_FOUND');
    const { reactedAt, acknowledged, steps: recorded } = await readHistory(this.database, row);
    const steps = [
      ...beginning(row, reactedAt),
      ...recorded.flatMap(recordedStep),
      ...(row.readAt ? [step('read', row.readAt)] : []),
    ].sort(byTime);
    return { notification: toNotificationView(row), steps: acknowledged ? withAcknowledgement(steps) : steps };
  }
}

/** Nothing for a step that a newer version has written and the contract of this one does not know. */
function recordedStep({ step, channel, at, sockets, reason }: NotificationHistory['steps'][number]): TimelineStep[] {
  const known = TimelineStep.shape.step.safeParse(step);
  const more = { ...(sockets !== null && { sockets }), ...(reason !== null && { reason }) };
  return known.success ? [{ step: known.data, at: at.toISOString(), channel, ...more }] : [];
}

/** A row exists only if the SOCKET preference was on. */
function beginning({ createdAt, silent }: NotificationRow, reactedAt: Date | undefined): TimelineStep[] {
  const queuedAt = reactedAt && (reactedAt > createdAt ? reactedAt : createdAt);
  return [
    step('created', createdAt),
    { ...step('preference', createdAt), channel: 'SOCKET', reason: silent ? 'quiet_hours' : 'enabled' },
    ...(queuedAt ? [{ ...step('queued', queuedAt), channel: 'SOCKET' as const }] : []),
  ];
}

const step = (name: TimelineStep['step'], at: Date): TimelineStep => ({
  step: name,
  at: at.toISOString(),
  channel: null,
});

/** Compares ISO times as text. Steps of the same time keep their order: the sort is stable. */
const byTime = (a: TimelineStep, b: TimelineStep) =>
  Number((a.at ?? '') > (b.at ?? '')) - Number((a.at ?? '') < (b.at ?? ''));

/** A device acknowledges a seq without a time. The step is shown after the first `sent`. */
function withAcknowledgement(steps: TimelineStep[]): TimelineStep[] {
  const after = Math.max(
    steps.findIndex((one) => one.step === 'sent'),
    steps.findIndex((one) => one.step === 'preference' || one.step === 'queued'),
  );
  return steps.toSpliced(after + 1, 0, { step: 'acknowledged', at: null, channel: 'SOCKET' });
}
