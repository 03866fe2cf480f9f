import { z } from 'zod';
import { Role } from './role';

const company = { companyName: z.string() };
const invite = { inviteId: z.uuid(), ...company };
const member = { ...company, userId: z.uuid(), userName: z.string() };
const request = { requestId: z.uuid(), ...company };
const words = { senderName: z.string(), text: z.string(), companyName: z.string().nullable() };

/**
 * What a notification can say. The API speaks codes and parameters; the texts for people are the client's business.
 * Names and words in `params` are people's own, as they were when the event happened.
 */
export const NOTIFICATION_PARAMS = {
  INVITE_RECEIVED: z.object({ ...invite, inviterName: z.string() }),
  INVITE_ACCEPTED: z.object({ ...invite, inviteeName: z.string() }),
  INVITE_REJECTED: z.object({ ...invite, inviteeName: z.string() }),
  INVITE_REVOKED: z.object(invite),
  INVITE_EXPIRED: z.object(invite),
  MEMBER_JOINED: z.object(member),
  MEMBER_LEFT: z.object(member),
  MEMBER_REMOVED: z.object(member),
  MEMBERSHIP_REMOVED: z.object(company),
  ROLE_CHANGED: z.object({ ...company, from: Role, to: Role }),
  OWNERSHIP_RECEIVED: z.object({ ...company, fromName: z.string() }),
  OWNERSHIP_TRANSFERRED: z.object({ ...company, fromName: z.string(), toName: z.string() }),
  COMPANY_DELETED: z.object(company),
  JOIN_REQUESTED: z.object({ ...request, userId: z.uuid(), userName: z.string() }),
  JOIN_ACCEPTED: z.object(request),
  JOIN_DECLINED: z.object(request),
  FRIEND_REQUESTED: z.object({ friendshipId: z.uuid(), requesterName: z.string() }),
  FRIEND_ACCEPTED: z.object({ friendshipId: z.uuid(), addresseeName: z.string() }),
  MESSAGE: z.object(words),
  /** `messageId`: the message that was answered. */
  REPLY: z.object({ ...words, messageId: z.uuid() }),
} as const;

export type NotificationCode = keyof typeof NOTIFICATION_PARAMS;
export type NotificationParams<Code extends NotificationCode> = z.infer<(typeof NOTIFICATION_PARAMS)[Code]>;

export const NotificationCode = z
  .enum(Object.keys(NOTIFICATION_PARAMS) as [NotificationCode, ...NotificationCode[]])
  .meta({ id: 'NotificationCode', description: 'What a notification says' });

/** What takes something from its recipient, or lays something on them, cannot be switched off. */
export const ALWAYS_ON: ReadonlySet<NotificationCode> = new Set<NotificationCode>([
  'MEMBERSHIP_REMOVED',
  'ROLE_CHANGED',
  'OWNERSHIP_RECEIVED',
  'COMPANY_DELETED',
]);

export const Channel = z.enum(['SOCKET', 'EMAIL', 'WEB_PUSH']).meta({
  id: 'Channel',
  description: 'SOCKET is the inbox itself: switched off, the notification is not written at all',
});
export type Channel = z.infer<typeof Channel>;
