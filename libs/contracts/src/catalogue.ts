import type { EventContract } from './event';
import { AccountMailRequested } from './events/account-mails-requested';
import { AudienceChunkRequested } from './events/audience-chunks-requested';
import { CompanyCreated } from './events/companies-created';
import { CompanyDeleted } from './events/companies-deleted';
import { CompanyJoinDecided } from './events/companies-join-decided';
import { CompanyJoinRequested } from './events/companies-join-requested';
import { CompanyUpdated } from './events/companies-updated';
import { DigestMailRequested } from './events/digest-mails-requested';
import { ErasureRequested } from './events/erasures-requested';
import { FriendshipRequestSettled } from './events/friendship-requests-settled';
import { FriendshipAccepted } from './events/friendships-accepted';
import { FriendshipBlocked } from './events/friendships-blocked';
import { FriendshipRejected } from './events/friendships-rejected';
import { FriendshipRemoved } from './events/friendships-removed';
import { FriendshipRequested } from './events/friendships-requested';
import { InvitationMailRequested } from './events/invitation-mails-requested';
import { InviteAccepted } from './events/invites-accepted';
import { InviteCreated } from './events/invites-created';
import { InviteExpired } from './events/invites-expired';
import { InviteRejected } from './events/invites-rejected';
import { InviteResent } from './events/invites-resent';
import { InviteRevoked } from './events/invites-revoked';
import { MembershipJoined } from './events/memberships-joined';
import { MembershipLeft } from './events/memberships-left';
import { OwnershipTransferred } from './events/memberships-ownership-transferred';
import { MembershipRemoved } from './events/memberships-removed';
import { MembershipRoleUpdated } from './events/memberships-role-updated';
import { MessageReplied } from './events/notifications-replied';
import { MessageSent } from './events/notifications-sent';
import { RealtimeDeliveryRequested } from './events/realtime-deliveries-requested';
import { SecurityMailRequested } from './events/security-mails-requested';
import { SessionRevoked } from './events/sessions-revoked';
import { UserDeleted } from './events/users-deleted';
import { UserRegistered } from './events/users-registered';
import { VerificationMailRequested } from './events/verification-mails-requested';
import { WebPushRequested } from './events/web-pushes-requested';

const EVENTS = [
  AccountMailRequested,
  AudienceChunkRequested,
  CompanyCreated,
  CompanyDeleted,
  CompanyJoinDecided,
  CompanyJoinRequested,
  CompanyUpdated,
  DigestMailRequested,
  ErasureRequested,
  FriendshipAccepted,
  FriendshipBlocked,
  FriendshipRejected,
  FriendshipRemoved,
  FriendshipRequested,
  FriendshipRequestSettled,
  InvitationMailRequested,
  InviteAccepted,
  InviteCreated,
  InviteExpired,
  InviteRejected,
  InviteResent,
  InviteRevoked,
  MembershipJoined,
  MembershipLeft,
  MembershipRemoved,
  MembershipRoleUpdated,
  MessageReplied,
  MessageSent,
  OwnershipTransferred,
  RealtimeDeliveryRequested,
  SecurityMailRequested,
  SessionRevoked,
  UserDeleted,
  UserRegistered,
  VerificationMailRequested,
  WebPushRequested,
];

/** Any event of the catalogue, with its types of payload, frame and notifications. */
export type AnyContract = (typeof EVENTS)[number];

/** All events. Topology, golden files and documentation are generated from this list. */
export const CATALOGUE: readonly EventContract[] = EVENTS;

const BY_TYPE = new Map(CATALOGUE.map((event) => [event.type, event]));

/** The contract of an event type, or undefined for one that this version does not know. */
export function findEvent(type: string): EventContract | undefined {
  return BY_TYPE.get(type);
}
