import { ConveneError } from '@convene/contracts/errors';
import { TimelineStep, type TimelineView } from '@convene/contracts/http/notifications';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Injectable } from '@nestjs/common';
import { present } from './present';

/** Devices that come back again and again are sent the same again and again. */
const MAX_STEPS = 200;

interface Row {
  readonly createdAt: Date;
  readonly readAt: Date | null;
  readonly silent: boolean;
}

@Injectable()
export class ReadTimeline {
  constructor(private readonly prisma: PrismaService) {}

  /** @throws ConveneError NOT_FOUND, for another person's too */
  async execute(userId: string, eventId: string): Promise<TimelineView> {
    const row = await this.prisma.notification.findFirst({
      where: { eventId, recipientUserId: userId, deletedAt: null },
    });
    if (!row) throw new ConveneError('NOT_FOUND');
    const reaction = await this.prisma.processedReaction.findFirst({
      where: { eventId, state: 'done' },
      orderBy: { createdAt: 'asc' },
      select: { createdAt: true },
    });
    const acknowledged = await this.prisma.session.findFirst({
      where: { userId, ackedSeq: { gte: row.seq } },
      select: { id: true },
    });
    const steps = [
      ...beginning(row, reaction?.createdAt),
      ...(await this.stepsOf(userId, eventId)),
      ...(row.readAt ? [step('read', row.readAt)] : []),
    ].sort(byTime);
    return { notification: present(row), steps: acknowledged ? withAcknowledgement(steps) : steps };
  }

  private async stepsOf(recipientUserId: string, eventId: string): Promise<TimelineStep[]> {
    const rows = await this.prisma.notificationStep.findMany({
      where: { eventId, recipientUserId },
      orderBy: { at: 'asc' },
      take: MAX_STEPS,
    });
    return rows.flatMap(({ step, channel, at, sockets, reason }) => {
      const known = TimelineStep.shape.step.safeParse(step);
      const more = { ...(sockets !== null && { sockets }), ...(reason !== null && { reason }) };
      return known.success ? [{ step: known.data, at: at.toISOString(), channel, ...more }] : [];
    });
  }
}

/** Written is only what is wanted on the socket: that there is a row is the decision. */
function beginning({ createdAt, silent }: Row, reactedAt: Date | undefined): TimelineStep[] {
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

/** Times of one format; what is of the same moment stays in the order of events. */
const byTime = (a: TimelineStep, b: TimelineStep) =>
  Number((a.at ?? '') > (b.at ?? '')) - Number((a.at ?? '') < (b.at ?? ''));

/** A device says up to where it has come, not when: it was after something was sent. */
function withAcknowledgement(steps: TimelineStep[]): TimelineStep[] {
  const after = Math.max(
    steps.findIndex((one) => one.step === 'sent'),
    steps.findIndex((one) => one.step === 'preference' || one.step === 'queued'),
  );
  return steps.toSpliced(after + 1, 0, { step: 'acknowledged', at: null, channel: 'SOCKET' });
}
