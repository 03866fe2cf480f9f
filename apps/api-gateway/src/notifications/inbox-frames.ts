import { Injectable } from '@nestjs/common';
import type { NotificationUpdatedFrame } from '@convene/contracts/frames';
import { userRoom } from '@convene/contracts/sockets/rooms';
import type { InboxChange } from '@convene/inbox/inbox-changes';
import { toUpdatedFrame } from '@convene/inbox/notification-view';
import { FramePublisher } from '@convene/realtime/frames';
import { traceFrames } from '@convene/realtime/trace-frames';

/** Publishes changes of an inbox to the recipient's devices. The gateways' comparison repairs a lost frame. */
@Injectable()
export class InboxFrames {
  constructor(private readonly publisher: FramePublisher) {}

  changed({ row, unread }: InboxChange, { deleted = false } = {}): Promise<void> {
    return this.updated(row.recipientUserId, toUpdatedFrame({ ...row, deleted }, unread));
  }

  updated(userId: string, frame: NotificationUpdatedFrame): Promise<void> {
    return traceFrames(1, (next) => this.publisher.emit(userRoom(userId), 'notifications.updated', frame, next()));
  }
}
