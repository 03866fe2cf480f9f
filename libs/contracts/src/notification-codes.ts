import { z } from 'zod';
import { CompanyDeleted } from './events/companies-deleted';
import { CompanyJoinDecided } from './events/companies-join-decided';
import { CompanyJoinRequested } from './events/companies-join-requested';
import { FriendshipAccepted } from './events/friendships-accepted';
import { FriendshipRequested } from './events/friendships-requested';
import { InviteAccepted } from './events/invites-accepted';
import { InviteCreated } from './events/invites-created';
import { InviteExpired } from './events/invites-expired';
import { InviteRejected } from './events/invites-rejected';
import { InviteRevoked } from './events/invites-revoked';
import { MembershipJoined } from './events/memberships-joined';
import { MembershipLeft } from './events/memberships-left';
import { OwnershipTransferred } from './events/memberships-ownership-transferred';
import { MembershipRemoved } from './events/memberships-removed';
import { MembershipRoleUpdated } from './events/memberships-role-updated';
import { MessageReplied } from './events/notifications-replied';
import { MessageSent } from './events/notifications-sent';
import type { NotificationContract } from './notification-contract';

/** The events that notify, in the order in which documents and preferences list their codes. */
const NOTIFYING = [
  InviteCreated,
  InviteAccepted,
  InviteRejected,
  InviteRevoked,
  InviteExpired,
  MembershipJoined,
  MembershipLeft,
  MembershipRemoved,
  MembershipRoleUpdated,
  OwnershipTransferred,
  CompanyDeleted,
  CompanyJoinRequested,
  CompanyJoinDecided,
  FriendshipRequested,
  FriendshipAccepted,
  MessageSent,
  MessageReplied,
];

type Merged<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type Notifications = Merged<(typeof NOTIFYING)[number]['notifications']>;

export type NotificationCode = keyof Notifications;
export type NotificationParams<Code extends NotificationCode> = z.infer<Notifications[Code]['params']>;

/**
 * The codes of notifications, as the events declare them. The API returns codes and parameters; clients make the texts.
 */
export const NOTIFICATIONS = Object.assign({}, ...NOTIFYING.map(({ notifications }) => notifications)) as {
  readonly [Code in NotificationCode]: NotificationContract<Notifications[Code]['params']>;
};

const CODES = Object.keys(NOTIFICATIONS) as [NotificationCode, ...NotificationCode[]];

export const NotificationCode = z.enum(CODES).meta({ id: 'NotificationCode', description: 'What a notification says' });

/** Codes that take something from the recipient, or oblige them, cannot be switched off. */
export const ALWAYS_ON: ReadonlySet<NotificationCode> = new Set(CODES.filter((code) => NOTIFICATIONS[code].alwaysOn));

/** Codes of messages between users, in contrast to those of events. */
export function isPersonal(code: string): boolean {
  return Object.hasOwn(NOTIFICATIONS, code) && NOTIFICATIONS[code as NotificationCode].personal;
}

export const Channel = z.enum(['SOCKET', 'EMAIL', 'WEB_PUSH']).meta({
  id: 'Channel',
  description: 'SOCKET is the inbox itself: switched off, the notification is not written at all',
});
export type Channel = z.infer<typeof Channel>;
