import type { FrameFactsOf } from '@convene/contracts/event';
import type { CompanyCreated } from '@convene/contracts/events/companies-created';
import type { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import type { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import type { FriendshipAccepted } from '@convene/contracts/events/friendships-accepted';
import type { FriendshipBlocked } from '@convene/contracts/events/friendships-blocked';
import type { FriendshipRejected } from '@convene/contracts/events/friendships-rejected';
import type { FriendshipRemoved } from '@convene/contracts/events/friendships-removed';
import type { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import type { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import type { InviteCreated } from '@convene/contracts/events/invites-created';
import type { InviteExpired } from '@convene/contracts/events/invites-expired';
import type { InviteRejected } from '@convene/contracts/events/invites-rejected';
import type { InviteResent } from '@convene/contracts/events/invites-resent';
import type { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import type { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import type { MembershipLeft } from '@convene/contracts/events/memberships-left';
import type { OwnershipTransferred } from '@convene/contracts/events/memberships-ownership-transferred';
import type { MembershipRemoved } from '@convene/contracts/events/memberships-removed';
import type { MembershipRoleUpdated } from '@convene/contracts/events/memberships-role-updated';
import type { SessionRevoked } from '@convene/contracts/events/sessions-revoked';
import type { UserDeleted } from '@convene/contracts/events/users-deleted';
import type { UserRegistered } from '@convene/contracts/events/users-registered';
import type * as codes from '@convene/contracts/notification-codes';
import type { Role as ContractRole } from '@convene/contracts/role';
import type * as frames from '@convene/contracts/frames';
import type * as presence from '@convene/contracts/presence';
import { SERVER_EVENTS } from '@convene/contracts/sockets/server-events';
import type { HintFacts, HintHeader, HintName } from './hints';
import type * as own from './notifications';
import type { PresenceState } from './types';

/** The same keys, as optional, and values that go both ways. */
type Same<A, B> = [A, keyof A, Required<A>] extends [B, keyof B, Required<B>]
  ? [B, keyof B, Required<B>] extends [A, keyof A, Required<A>]
    ? true
    : false
  : false;
type SameMap<A, B> = keyof A extends keyof B
  ? keyof B extends keyof A
    ? { [K in keyof A & keyof B]: Same<A[K], B[K]> }[keyof A & keyof B]
    : false
  : false;

/** Compiles only when it is so. */
const holds = <_ extends true>() => undefined;

interface Contracts {
  'companies.created': typeof CompanyCreated;
  'companies.updated': typeof CompanyUpdated;
  'companies.deleted': typeof CompanyDeleted;
  'friendships.requested': typeof FriendshipRequested;
  'friendships.accepted': typeof FriendshipAccepted;
  'friendships.rejected': typeof FriendshipRejected;
  'friendships.removed': typeof FriendshipRemoved;
  'friendships.blocked': typeof FriendshipBlocked;
  'invites.created': typeof InviteCreated;
  'invites.resent': typeof InviteResent;
  'invites.accepted': typeof InviteAccepted;
  'invites.rejected': typeof InviteRejected;
  'invites.expired': typeof InviteExpired;
  'invites.revoked': typeof InviteRevoked;
  'memberships.joined': typeof MembershipJoined;
  'memberships.left': typeof MembershipLeft;
  'memberships.removed': typeof MembershipRemoved;
  'memberships.role_updated': typeof MembershipRoleUpdated;
  'memberships.ownership_transferred': typeof OwnershipTransferred;
  'sessions.revoked': typeof SessionRevoked;
  'users.deleted': typeof UserDeleted;
  'users.registered': typeof UserRegistered;
}
type ContractFacts = { [Name in keyof Contracts]: FrameFactsOf<Contracts[Name]> };
type ContractParams = { [Code in codes.NotificationCode]: codes.NotificationParams<Code> };

it('the types of the package are those of the contracts', () => {
  holds<SameMap<HintFacts, ContractFacts>>();
  holds<SameMap<own.NotificationParams, ContractParams>>();
  holds<Same<own.NotificationHeader, Omit<frames.NotificationCreatedFrame, 'code' | 'params'>>>();
  holds<Same<own.NotificationUpdate, frames.NotificationUpdatedFrame>>();
  holds<Same<own.Unread, frames.Unread>>();
  holds<Same<own.Role, ContractRole>>();
  holds<Same<PresenceState, presence.PresenceState>>();
  // @ts-expect-error So that the comparison is known to tell an optional field from none.
  holds<Same<{ a: string }, { a: string; b?: number }>>();
  // @ts-expect-error And a field of another type.
  holds<SameMap<{ x: { a: string } }, { x: { a: string | null } }>>();
});

it('every hint there is has a name and facts in the package', () => {
  const known: Record<HintName, true> = {
    'companies.created': true,
    'companies.updated': true,
    'companies.deleted': true,
    'friendships.requested': true,
    'friendships.accepted': true,
    'friendships.rejected': true,
    'friendships.removed': true,
    'friendships.blocked': true,
    'invites.created': true,
    'invites.resent': true,
    'invites.accepted': true,
    'invites.rejected': true,
    'invites.expired': true,
    'invites.revoked': true,
    'memberships.joined': true,
    'memberships.left': true,
    'memberships.removed': true,
    'memberships.role_updated': true,
    'memberships.ownership_transferred': true,
    'sessions.revoked': true,
    'users.deleted': true,
    'users.registered': true,
  };
  const hints = SERVER_EVENTS.filter(({ hint }) => hint);
  expect(Object.keys(known).sort()).toEqual(hints.map(({ name }) => name).sort());
  const header: Record<keyof HintHeader, true> = { eventId: true, companyId: true, version: true };
  for (const { example } of hints) expect(Object.keys(example).sort()).toEqual(Object.keys(header).sort());
});
