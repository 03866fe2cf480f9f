// Generated from libs/contracts by `npm run contracts:golden`: change the contracts instead.

/** OWNER > ADMIN > MEMBER. */
export type Role = 'OWNER' | 'ADMIN' | 'MEMBER';

/** The facts of each hint, by the name of its event. */
export interface HintFacts {
  'companies.created': { name: string };
  'companies.deleted': { companyName: string };
  'companies.updated': { name: string; isPublic: boolean };
  'friendships.accepted': { friendshipId: string; requesterId: string; addresseeId: string; addresseeName: string };
  'friendships.blocked': { blockedId: string };
  'friendships.rejected': { friendshipId: string; requesterId: string; addresseeId: string };
  'friendships.removed': { friendshipId: string; userId: string };
  'friendships.requested': { friendshipId: string; requesterId: string; requesterName: string; addresseeId: string };
  'invites.accepted': {
    inviteId: string;
    companyName: string;
    inviterId: string;
    inviteeId: string;
    inviteeName: string;
  };
  'invites.created': { inviteId: string; companyName: string; inviterId: string; inviterName: string; role: Role };
  'invites.expired': { inviteId: string; companyName: string; inviterId: string };
  'invites.rejected': { inviteId: string; companyName: string; inviterId: string };
  'invites.resent': { inviteId: string; companyName: string; inviterId: string; inviterName: string; role: Role };
  'invites.revoked': { inviteId: string; companyName: string };
  'memberships.joined': { companyName: string; userId: string; userName: string; role: Role; inviterId: string | null };
  'memberships.left': { companyName: string; userId: string; userName: string };
  'memberships.removed': { companyName: string; userId: string; userName: string };
  'memberships.role_updated': { companyName: string; userId: string; from: Role; to: Role };
  'memberships.ownership_transferred': {
    companyName: string;
    fromUserId: string;
    fromName: string;
    toUserId: string;
    toName: string;
  };
  'sessions.revoked': { sessionId: string; userId: string; reason: 'logout' | 'revoked' | 'refresh_reused' };
  'users.deleted': { userId: string };
  'users.registered': { userId: string };
}

/** The params of each code: names and words are people's own, as they were when it happened. */
export interface NotificationParams {
  INVITE_RECEIVED: { inviteId: string; companyName: string; inviterName: string };
  INVITE_ACCEPTED: { inviteId: string; companyName: string; inviteeName: string };
  INVITE_REJECTED: { inviteId: string; companyName: string; inviteeName: string };
  INVITE_REVOKED: { inviteId: string; companyName: string };
  INVITE_EXPIRED: { inviteId: string; companyName: string };
  MEMBER_JOINED: { companyName: string; userId: string; userName: string };
  MEMBER_LEFT: { companyName: string; userId: string; userName: string };
  MEMBER_REMOVED: { companyName: string; userId: string; userName: string };
  MEMBERSHIP_REMOVED: { companyName: string };
  ROLE_CHANGED: { companyName: string; from: Role; to: Role };
  OWNERSHIP_RECEIVED: { companyName: string; fromName: string };
  OWNERSHIP_TRANSFERRED: { companyName: string; fromName: string; toName: string };
  COMPANY_DELETED: { companyName: string };
  JOIN_REQUESTED: { requestId: string; companyName: string; userId: string; userName: string };
  JOIN_ACCEPTED: { requestId: string; companyName: string };
  JOIN_DECLINED: { requestId: string; companyName: string };
  FRIEND_REQUESTED: { friendshipId: string; requesterName: string };
  FRIEND_ACCEPTED: { friendshipId: string; addresseeName: string };
  MESSAGE: { senderName: string; text: string; companyName: string | null };
  REPLY: { senderName: string; text: string; companyName: string | null; messageId: string };
}
