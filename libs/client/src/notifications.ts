export type Role = 'OWNER' | 'ADMIN' | 'MEMBER';

interface Company {
  companyName: string;
}
interface Invite extends Company {
  inviteId: string;
}
interface Member extends Company {
  userId: string;
  userName: string;
}
interface Request extends Company {
  requestId: string;
}
interface Words {
  senderName: string;
  text: string;
  companyName: string | null;
}

/** The params of each code: names and words are people's own, as they were when it happened. */
export interface NotificationParams {
  INVITE_RECEIVED: Invite & { inviterName: string };
  INVITE_ACCEPTED: Invite & { inviteeName: string };
  INVITE_REJECTED: Invite & { inviteeName: string };
  INVITE_REVOKED: Invite;
  INVITE_EXPIRED: Invite;
  MEMBER_JOINED: Member;
  MEMBER_LEFT: Member;
  MEMBER_REMOVED: Member;
  MEMBERSHIP_REMOVED: Company;
  ROLE_CHANGED: Company & { from: Role; to: Role };
  OWNERSHIP_RECEIVED: Company & { fromName: string };
  OWNERSHIP_TRANSFERRED: Company & { fromName: string; toName: string };
  COMPANY_DELETED: Company;
  JOIN_REQUESTED: Request & { userId: string; userName: string };
  JOIN_ACCEPTED: Request;
  JOIN_DECLINED: Request;
  FRIEND_REQUESTED: { friendshipId: string; requesterName: string };
  FRIEND_ACCEPTED: { friendshipId: string; addresseeName: string };
  MESSAGE: Words;
  REPLY: Words & { messageId: string };
}

export type NotificationCode = keyof NotificationParams;

/** All of a notification but what it says. */
export interface NotificationHeader {
  /** Position in the inbox: rises, and may skip what was deleted. */
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
  /** As of this notification; `client.unread` is the newest. Absent on what is read back. */
  unread?: Unread | undefined;
}

/**
 * A notification, told apart by `code`. The list of codes grows: give a `switch` a `default` that skips what this version
 * does not know.
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
