import { z } from 'zod';
import { NotificationCreatedFrame, NotificationUpdatedFrame, RoomFrame } from '../frames';

/**
 * The message of the queue `notifications.realtimes`: frames ready to be emitted, of one event or of several that were
 * handled together.
 * Losing such a message costs time only: gateways compare their users' heads with PostgreSQL.
 */
export const RealtimeDelivery = z.object({
  /** The first of the events. */
  eventId: z.uuid(),
  /** One per recipient, for the room `user:<recipientId>`. */
  notifications: z.array(z.object({ recipientId: z.uuid(), frame: NotificationCreatedFrame })).default([]),
  updates: z.array(z.object({ recipientId: z.uuid(), frame: NotificationUpdatedFrame })).default([]),
  /** Hints, named after their event, for the room of a user or a company. */
  rooms: z.array(z.object({ room: z.string(), event: z.string(), frame: RoomFrame })).default([]),
});
export type RealtimeDelivery = z.infer<typeof RealtimeDelivery>;
