import {
  NOTIFICATION_PARAMS,
  type NotificationCode,
  type NotificationParams,
} from '@convene/contracts/notification-codes';
import { oneLine } from './html';

const MAX_TEXT_LENGTH = 200;

type Lines = { readonly [Code in NotificationCode]: (params: NotificationParams<Code>) => string };

/** Mails are English; every other client renders codes and parameters itself. */
const LINES: Lines = {
  INVITE_RECEIVED: ({ inviterName, companyName }) => `${inviterName} invites you to join ${companyName}.`,
  INVITE_ACCEPTED: ({ inviteeName, companyName }) => `${inviteeName} accepted your invitation to ${companyName}.`,
  INVITE_REJECTED: ({ inviteeName, companyName }) => `${inviteeName} declined your invitation to ${companyName}.`,
  INVITE_REVOKED: ({ companyName }) => `Your invitation to ${companyName} was withdrawn.`,
  INVITE_EXPIRED: ({ companyName }) => `An invitation of yours to ${companyName} has expired.`,
  MEMBER_JOINED: ({ userName, companyName }) => `${userName} joined ${companyName}.`,
  MEMBER_LEFT: ({ userName, companyName }) => `${userName} left ${companyName}.`,
  MEMBER_REMOVED: ({ userName, companyName }) => `${userName} was removed from ${companyName}.`,
  MEMBERSHIP_REMOVED: ({ companyName }) => `You were removed from ${companyName}.`,
  ROLE_CHANGED: ({ companyName, to }) => `Your role in ${companyName} is now ${to.toLowerCase()}.`,
  OWNERSHIP_RECEIVED: ({ fromName, companyName }) => `${fromName} made you the owner of ${companyName}.`,
  OWNERSHIP_TRANSFERRED: ({ fromName, toName, companyName }) => `${fromName} handed ${companyName} over to ${toName}.`,
  COMPANY_DELETED: ({ companyName }) => `${companyName} was deleted.`,
  JOIN_REQUESTED: ({ userName, companyName }) => `${userName} asks to join ${companyName}.`,
  JOIN_ACCEPTED: ({ companyName }) => `You are now a member of ${companyName}.`,
  JOIN_DECLINED: ({ companyName }) => `Your request to join ${companyName} was declined.`,
  FRIEND_REQUESTED: ({ requesterName }) => `${requesterName} wants to be friends.`,
  FRIEND_ACCEPTED: ({ addresseeName }) => `${addresseeName} is now your friend.`,
  MESSAGE: ({ senderName, companyName, text }) =>
    `${senderName}${companyName === null ? '' : ` (${companyName})`}: ${short(text)}`,
  REPLY: ({ senderName, text }) => `${senderName} replied: ${short(text)}`,
};

/** What a notification says, on one line. One that this version does not know is still one. */
export function notificationLine(code: string, params: unknown): string {
  const known = Object.hasOwn(LINES, code) ? (code as NotificationCode) : undefined;
  const parsed = known && NOTIFICATION_PARAMS[known].safeParse(params);
  if (!known || !parsed?.success) return 'Something new is in your inbox.';
  const line = LINES[known] as (params: unknown) => string;
  return oneLine(line(parsed.data));
}

function short(text: string): string {
  const line = oneLine(text);
  return line.length > MAX_TEXT_LENGTH ? `${line.slice(0, MAX_TEXT_LENGTH - 1)}…` : line;
}
