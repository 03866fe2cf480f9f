import type { EventContract } from './event';
import { CompanyCreated } from './events/companies-created';
import { InvitationMailRequested } from './events/invitation-mails-requested';
import { InviteAccepted } from './events/invites-accepted';
import { InviteCreated } from './events/invites-created';
import { InviteRejected } from './events/invites-rejected';
import { MembershipJoined } from './events/memberships-joined';
import { RealtimeDeliveryRequested } from './events/realtime-deliveries-requested';
import { SessionRevoked } from './events/sessions-revoked';
import { UserRegistered } from './events/users-registered';
import { VerificationMailRequested } from './events/verification-mails-requested';

/** Every event there is. Topology, golden file and documentation are generated from this list. */
export const CATALOGUE: readonly EventContract[] = [
  CompanyCreated,
  InvitationMailRequested,
  InviteAccepted,
  InviteCreated,
  InviteRejected,
  MembershipJoined,
  RealtimeDeliveryRequested,
  SessionRevoked,
  UserRegistered,
  VerificationMailRequested,
];

const BY_TYPE = new Map(CATALOGUE.map((event) => [event.type, event]));

/** The contract of an event type, or undefined for one that this version does not know. */
export function findEvent(type: string): EventContract | undefined {
  return BY_TYPE.get(type);
}
