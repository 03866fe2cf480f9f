import { z } from 'zod';
import { PersonPresence } from './presence';
import { type ClosingCode, CLOSINGS } from './sockets/closings';

/** Unread notifications of one recipient. A client ignores a `version` older than the newest it has seen. */
export const Unread = z
  .object({ count: z.int().nonnegative(), version: z.int().nonnegative() })
  .meta({ id: 'Unread', description: 'A client ignores a `version` older than the newest it has seen' });
export type Unread = z.infer<typeof Unread>;

/** One notification, as the socket and the HTTP lists show it. `id` is the id of the event it came from. */
export const NotificationView = z
  .object({
    seq: z.int().positive().meta({ description: "Position in the recipient's inbox: starts at 1, rises by one" }),
    id: z.uuid(),
    code: z.string().meta({ description: 'See NotificationCode; a client skips one it does not know' }),
    params: z.record(z.string(), z.unknown()),
    companyId: z.uuid().nullable(),
    senderUserId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    readAt: z.iso.datetime().nullable(),
    archivedAt: z.iso.datetime().nullable().optional(),
    snoozedUntil: z.iso.datetime().nullable().optional(),
    silent: z
      .boolean()
      .optional()
      .meta({ description: "Came in the recipient's quiet hours: show it without a sound" }),
  })
  .meta({ id: 'Notification' });
export type NotificationView = z.infer<typeof NotificationView>;

/**
 * `notifications.created`: exact, strictly by seq. `traceId` is that of the HTTP request which caused it. Frames read back
 * from PostgreSQL have none of these additional fields.
 */
export const NotificationCreatedFrame = NotificationView.extend({
  traceId: z.string().optional(),
  /** When the event was committed by its writer, for latency. */
  occurredAt: z.iso.datetime().optional(),
  /** As of this notification; `notifications.updated` brings the count where this does not. */
  unread: Unread.optional(),
});
export type NotificationCreatedFrame = z.infer<typeof NotificationCreatedFrame>;

/** `notifications.updated`: the read state changed, here or on another device; or just the count. */
export const NotificationUpdatedFrame = z.object({
  id: z.uuid().optional(),
  readAt: z.iso.datetime().nullable().optional(),
  archivedAt: z.iso.datetime().nullable().optional(),
  snoozedUntil: z.iso.datetime().nullable().optional(),
  deleted: z.boolean().optional(),
  unread: Unread,
});
export type NotificationUpdatedFrame = z.infer<typeof NotificationUpdatedFrame>;

/** A room frame: a hint that something changed, named after its event. At least once, unordered, never a notification. */
export const RoomFrame = z
  .object({ eventId: z.uuid(), companyId: z.uuid().nullable(), version: z.int().nonnegative().nullable() })
  .catchall(z.unknown());
export type RoomFrame = z.infer<typeof RoomFrame>;

export const SessionReadyFrame = z.object({
  userId: z.uuid(),
  sessionId: z.uuid(),
  /** Changes when an inbox is restored from a backup and seqs may repeat: a client with another epoch starts again from the HTTP list. */
  epoch: z.string(),
  recovered: z.boolean(),
  headSeq: z.int().nonnegative(),
  unread: Unread,
  /** Membership version by company: a client with an older one refetches. */
  companies: z.record(z.uuid(), z.int().nonnegative()),
});
export type SessionReadyFrame = z.infer<typeof SessionReadyFrame>;

export const SessionClosingFrame = z.object({
  code: z.enum(Object.keys(CLOSINGS) as [ClosingCode, ...ClosingCode[]]),
  reason: z.string().meta({ description: 'For developers' }),
  reconnect: z.boolean().meta({ description: 'Whether coming back can succeed' }),
  retryAfterMs: z.int().nonnegative(),
});
export type SessionClosingFrame = z.infer<typeof SessionClosingFrame>;

/** `inbox.resync`: frames were held back; resume from the last seq that arrived, and refetch what else is named. */
export const InboxResyncFrame = z.object({
  headSeq: z.int().nonnegative(),
  companies: z.array(z.uuid()).meta({ description: 'Companies of which hints were held back: refetch them' }),
});
export type InboxResyncFrame = z.infer<typeof InboxResyncFrame>;

/** `presence.changed`: the members whose state changed within a short time, each once, with the current state. */
export const PresenceChangedFrame = z.object({ companyId: z.uuid(), people: z.array(PersonPresence) });
export type PresenceChangedFrame = z.infer<typeof PresenceChangedFrame>;
