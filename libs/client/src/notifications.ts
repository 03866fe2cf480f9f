import type { NotificationParams } from './contract-types';

export type NotificationCode = keyof NotificationParams;

/** The fields of a notification without its code and params. */
export interface NotificationHeader {
  /** The position in the inbox: rises, and may skip deleted notifications. */
  seq: number;
  id: string;
  companyId: string | null;
  senderUserId: string | null;
  /** ISO 8601, as all times here. */
  createdAt: string;
  readAt: string | null;
  archivedAt?: string | null | undefined;
  snoozedUntil?: string | null | undefined;
  /** Came in quiet hours: show it without a sound. */
  silent?: boolean | undefined;
  /** Of the HTTP request that caused it. */
  traceId?: string | undefined;
  /** When the event was committed; absent when it was read back later. */
  occurredAt?: string | undefined;
  /** As of this notification; `client.unread` is the newest. Absent on replayed ones. */
  unread?: Unread | undefined;
}

/**
 * A notification, discriminated by `code`. The list of codes grows: give a `switch` a `default` that skips unknown codes.
 */
export type Notification<Code extends NotificationCode = NotificationCode> = {
  [C in Code]: NotificationHeader & { code: C; params: NotificationParams[C] };
}[Code];

/** Unread notifications. `version` rises with every change: the newer one is right. */
export interface Unread {
  count: number;
  version: number;
}

/** What changed on some device. Without an `id`, the count alone did. */
export interface NotificationUpdate {
  id?: string | undefined;
  readAt?: string | null | undefined;
  archivedAt?: string | null | undefined;
  snoozedUntil?: string | null | undefined;
  deleted?: boolean | undefined;
  unread: Unread;
}
