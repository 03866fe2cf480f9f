import { createdFrameOf } from '../created-frame';
import type { FrameSender } from './frame-sender';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';
import { roomFramesOf } from './room-frames';

/** Sends the frames of the written rows and of the event to the sockets. @throws when the broker does not confirm them. */
export function forward(sender: FrameSender): Middleware<Attempt> {
  return async ({ event, reaction, written }, next) => {
    if (reaction.guarantee === 'exactly-once') {
      const rooms = roomFramesOf(event);
      const notifications = written.map((row) => {
        return { recipientId: row.recipientUserId, frame: createdFrameOf(event, row) };
      });
      if (rooms.length + notifications.length > 0) await sender.send({ event, notifications, rooms });
    }
    await next();
  };
}
