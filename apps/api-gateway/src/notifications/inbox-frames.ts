import type { NotificationUpdatedFrame } from '@convene/contracts/sockets/frames';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { FrameBus } from '@convene/realtime/frame-bus';
import { Injectable } from '@nestjs/common';

/** Tells a person's other devices what changed here. One that is lost is found by the gateways' comparison. */
@Injectable()
export class InboxFrames {
  constructor(private readonly bus: FrameBus) {}

  updated(userId: string, frame: NotificationUpdatedFrame): Promise<void> {
    return this.bus.emit(userRoom(userId), 'notifications.updated', frame);
  }
}
