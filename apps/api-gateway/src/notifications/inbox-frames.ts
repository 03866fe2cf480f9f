import type { NotificationUpdatedFrame } from '@convene/contracts/frames';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { toUpdatedFrame } from '@convene/inbox/notification-view';
import { FramePublisher } from '@convene/realtime/frames';
import { Injectable } from '@nestjs/common';
import type { InboxChange } from '@convene/inbox/inbox-changes';

/** Tells a person's other devices what changed here. One that is lost is found by the gateways' comparison. */
@Injectable()
export class InboxFrames {
  constructor(private readonly bus: FramePublisher) {}

  changed({ row, unread }: InboxChange, { deleted = false } = {}): Promise<void> {
    return this.updated(row.recipientUserId, toUpdatedFrame({ ...row, deleted }, unread));
  }

  updated(userId: string, frame: NotificationUpdatedFrame): Promise<void> {
    return this.bus.emit(userRoom(userId), 'notifications.updated', frame);
  }
}
