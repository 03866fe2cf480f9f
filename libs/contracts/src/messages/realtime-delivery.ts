import { z } from 'zod';
import { NotificationCreatedFrame, NotificationUpdatedFrame, RoomFrame } from '../frames';

/**
 * The message of the queue `notifications.realtimes`: the frames of one event, ready to be emitted.
 * Losing such a message costs time only: gateways compare their users' heads with PostgreSQL.
 */
export const RealtimeDelivery = z.object({
  eventId: z.uuid(),
  /** One per recipient, for the room `user:<recipientId>`. */
  notifications: z.array(z.object({ recipientId: z.uuid(), frame: NotificationCreatedFrame })).default([]),
  updates: z.array(z.object({ recipientId: z.uuid(), frame: NotificationUpdatedFrame })).default([]),
  /** Hints, named after their event, for the room of a user or a company. */
  rooms: z.array(z.object({ room: z.string(), event: z.string(), frame: RoomFrame })).default([]),
});
export type RealtimeDelivery = z.infer<typeof RealtimeDelivery>;
