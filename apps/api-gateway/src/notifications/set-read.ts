import { ConveneError } from '@convene/contracts/errors';
import type { NotificationView } from '@convene/contracts/sockets/frames';
import { Injectable } from '@nestjs/common';
import { InboxChanges } from './inbox-changes';
import { InboxFrames } from './inbox-frames';
import { ReadNotification } from './read-notification';

@Injectable()
export class SetRead {
  constructor(
    private readonly changes: InboxChanges,
    private readonly frames: InboxFrames,
    private readonly notification: ReadNotification,
  ) {}

  /** @throws ConveneError NOT_FOUND */
  async execute(userId: string, id: string, read: boolean): Promise<NotificationView> {
    const change = await this.changes.setRead(userId, id, read);
    if (!change) throw new ConveneError('NOT_FOUND');
    const readAt = change.readAt?.toISOString() ?? null;
    if (change.changed > 0) await this.frames.updated(userId, { id, readAt, unread: change.unread });
    return this.notification.execute(userId, id);
  }
}
