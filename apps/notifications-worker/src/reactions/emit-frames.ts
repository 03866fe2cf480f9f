import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { RealtimeDeliveryRequested } from '@convene/contracts/events/realtime-deliveries-requested';
import { Room, userRoom } from '@convene/contracts/sockets/rooms';
import { OnEvent } from '@convene/messaging/reactions';
import { FramePublisher } from '@convene/realtime/frames';
import { traceFrames } from '@convene/realtime/trace-frames';

@Controller()
export class EmitFrames {
  constructor(private readonly publisher: FramePublisher) {}

  /** What Redis loses, the gateways find by comparing with PostgreSQL: so nothing here is remembered. */
  @OnEvent(RealtimeDeliveryRequested, 'emit-frames', { guarantee: 'transient' })
  async emitFrames({ payload }: EventOf<typeof RealtimeDeliveryRequested>): Promise<void> {
    const { notifications, updates, rooms } = payload;
    await traceFrames(notifications.length + updates.length + rooms.length, async (next) => {
      await Promise.all([
        ...notifications.map(({ recipientId, frame }) =>
          this.publisher.emit(userRoom(recipientId), 'notifications.created', frame, next()),
        ),
        ...updates.map(({ recipientId, frame }) =>
          this.publisher.emit(userRoom(recipientId), 'notifications.updated', frame, next()),
        ),
        ...rooms.map(({ room, event, frame }) => this.publisher.emit(room as Room, event, frame, next())),
      ]);
    });
  }
}
