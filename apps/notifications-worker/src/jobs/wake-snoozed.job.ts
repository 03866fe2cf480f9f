import { Injectable } from '@nestjs/common';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { toUpdatedFrame } from '@convene/inbox/notification-view';
import { wakeSnoozed, type WokenNotification } from '@convene/inbox/wake-snoozed';
import type { Job } from '@convene/jobs/job';
import { Database } from '@convene/prisma/database/database';
import { FramePublisher } from '@convene/realtime/frames';

const BATCH = 500;

/** Makes snoozed notifications unread again when their time has come. */
@Injectable()
export class WakeSnoozedJob implements Job {
  readonly name = 'wake-snoozed';
  readonly everyMs = 2_000;

  constructor(
    private readonly database: Database,
    private readonly publisher: FramePublisher,
  ) {}

  /** Ends at an empty batch: a short batch may mean that another instance took a part of it and left the rest. */
  async run(signal: AbortSignal): Promise<void> {
    let woken;
    do {
      woken = await wakeSnoozed(this.database, BATCH);
      await Promise.all(woken.filter(({ deletedAt }) => !deletedAt).map((one) => this.publish(one)));
    } while (woken.length > 0 && !signal.aborted);
  }

  private publish({ userId, eventId, archivedAt, count, version }: WokenNotification): Promise<void> {
    const state = { eventId, readAt: null, archivedAt, snoozedUntil: null, deleted: false };
    const frame = toUpdatedFrame(state, { count, version: Number(version) });
    return this.publisher.emit(userRoom(userId), 'notifications.updated', frame);
  }
}
