import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { NotificationView } from '@convene/contracts/frames';
import type { UpdateNotificationBody } from '@convene/contracts/http/notifications';
import { snoozeFault } from '@convene/domain/snooze';
import { InboxChanges } from '@convene/inbox/inbox-changes';
import { toNotificationView } from '@convene/inbox/notification-view';
import { InboxFrames } from './inbox-frames';

@Injectable()
export class UpdateNotification {
  constructor(
    private readonly changes: InboxChanges,
    private readonly frames: InboxFrames,
  ) {}

  /** @throws ConveneError NOT_FOUND, or VALIDATION_FAILED for a time in the past or too far in the future */
  async execute(userId: string, id: string, body: UpdateNotificationBody): Promise<NotificationView> {
    const { read, archived } = body;
    const snoozedUntil = body.snoozedUntil == null ? body.snoozedUntil : new Date(body.snoozedUntil);
    const fault = snoozedUntil && snoozeFault(snoozedUntil, new Date());
    if (fault) {
      const errors = [{ field: 'snoozedUntil', message: fault }];
      throw new ConveneError('VALIDATION_FAILED', `snoozedUntil: ${fault}`, { errors });
    }
    const change = await this.changes.update(userId, id, { read, archived, snoozedUntil });
    if (!change) throw new ConveneError('NOT_FOUND');
    if (change.changed) await this.frames.changed(change);
    return toNotificationView(change.row);
  }
}
