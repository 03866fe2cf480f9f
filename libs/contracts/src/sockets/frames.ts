import { z } from 'zod';

/** Unread notifications of one recipient. A client ignores a `version` older than the newest it has seen. */
export const Unread = z.object({ count: z.int().nonnegative(), version: z.int().nonnegative() });
export type Unread = z.infer<typeof Unread>;

/** One notification, as the socket and the HTTP lists show it. `id` is the id of the event it came from. */
export const NotificationView = z.object({
  /** Position in the recipient's inbox: starts at 1, rises by one. */
  seq: z.int().positive(),
  id: z.uuid(),
  code: z.string(),
  params: z.record(z.string(), z.unknown()),
  companyId: z.uuid().nullable(),
  senderUserId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
});
export type NotificationView = z.infer<typeof NotificationView>;

/** `notifications.created`: exact, strictly by seq. `traceId` is that of the HTTP request which caused it. */
export const NotificationCreatedFrame = NotificationView.extend({
  traceId: z.string().optional(),
  /** When the event was committed by its writer, for latency: absent on frames read back from PostgreSQL. */
  occurredAt: z.iso.datetime().optional(),
});
export type NotificationCreatedFrame = z.infer<typeof NotificationCreatedFrame>;

/** `notifications.updated`: the read state changed, here or on another device; or just the count. */
export const NotificationUpdatedFrame = z.object({
  id: z.uuid().optional(),
  readAt: z.iso.datetime().nullable().optional(),
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
  /** Lineage of the seqs: a client that comes with another epoch starts again from the HTTP list. */
  epoch: z.string(),
  recovered: z.boolean(),
  headSeq: z.int().nonnegative(),
  unread: Unread,
  /** Membership version by company: a client with an older one refetches. */
  companies: z.record(z.uuid(), z.int().nonnegative()),
});
export type SessionReadyFrame = z.infer<typeof SessionReadyFrame>;

export const SessionClosingFrame = z.object({
  code: z.string(),
  reason: z.string(),
  /** Whether coming back with the same credentials can succeed. */
  reconnect: z.boolean(),
  retryAfterMs: z.int().nonnegative(),
});
export type SessionClosingFrame = z.infer<typeof SessionClosingFrame>;
