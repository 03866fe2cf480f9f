import type { Role } from './notifications';

/** What every hint carries beside its facts. */
export interface HintHeader {
  /** Of the event it is about. */
  eventId: string;
  companyId: string | null;
  /** The company's membership version when it happened. */
  version: number | null;
}

interface Company {
  companyName: string;
}
interface Member extends Company {
  userId: string;
  userName: string;
}
interface Invite extends Company {
  inviteId: string;
}
interface SentInvite extends Invite {
  inviterId: string;
  inviterName: string;
  role: Role;
}
interface Friendship {
  friendshipId: string;
}

/** The facts of each hint, by the name of its event. */
export interface HintFacts {
  'companies.created': { name: string };
  'companies.updated': { name: string; isPublic: boolean };
  'companies.deleted': Company;
  'friendships.requested': Friendship & { requesterId: string; requesterName: string; addresseeId: string };
  'friendships.accepted': Friendship & { requesterId: string; addresseeId: string; addresseeName: string };
  'friendships.rejected': Friendship & { requesterId: string; addresseeId: string };
  'friendships.removed': Friendship & { userId: string };
  'friendships.blocked': { blockedId: string };
  'invites.created': SentInvite;
  'invites.resent': SentInvite;
  'invites.accepted': Invite & { inviterId: string; inviteeId: string; inviteeName: string };
  'invites.rejected': Invite & { inviterId: string };
  'invites.expired': Invite & { inviterId: string };
  'invites.revoked': Invite;
  'memberships.joined': Member & { role: Role; inviterId: string | null };
  'memberships.left': Member;
  'memberships.removed': Member;
  'memberships.role_updated': Company & { userId: string; from: Role; to: Role };
  'memberships.ownership_transferred': Company & {
    fromUserId: string;
    fromName: string;
    toUserId: string;
    toName: string;
  };
  'sessions.revoked': { sessionId: string; userId: string; reason: 'logout' | 'revoked' | 'refresh_reused' };
  'users.deleted': { userId: string };
  'users.registered': { userId: string };
}

export type HintName = keyof HintFacts;
export type Hint<Name extends HintName = HintName> = HintHeader & HintFacts[Name];
