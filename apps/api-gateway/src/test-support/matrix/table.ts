import type { Actor, Target, Things } from './tenants';
import { ACTORS, PASSWORD, TARGETS } from './tenants';

type Expected = Record<Target, Record<Actor, number>>;

export interface Row {
  readonly expected: Expected;
  /** The path's parameters, by name. */
  readonly params?: (things: Things) => Record<string, string>;
  readonly query?: string;
  /** A body that the route accepts; `things` are the target's. */
  readonly body?: (things: Things) => object;
}
type Call = Omit<Row, 'expected'>;

const each = (status: (actor: Actor) => number) =>
  Object.fromEntries(ACTORS.map((actor) => [actor, status(actor)])) as Record<Actor, number>;
const on = (own: Record<Actor, number>, others: Record<Actor, number>): Expected => ({
  own,
  foreign: others,
  nonexistent: others,
});

const NOT_FOUND = each((actor) => (actor === 'anonymous' ? 401 : 404));

/** An object of a company: foreign companies answer as if they did not exist. */
const inCompany = (owner: number, admin: number, member: number) =>
  on({ owner, admin, member, rival: 404, stranger: 404, anonymous: 401 }, NOT_FOUND);
const members = (status: number, call: Call = {}): Row => ({ expected: inCompany(status, status, status), ...call });
const managers = (status: number, call: Call = {}): Row => ({ expected: inCompany(status, status, 403), ...call });
const owners = (status: number, call: Call = {}): Row => ({ expected: inCompany(status, 403, 403), ...call });

/** A thing of the caller alone, whatever their role. */
const personal = (status: number, call: Call): Row => ({
  expected: on(
    each((actor) => (actor === 'anonymous' ? 401 : status)),
    NOT_FOUND,
  ),
  ...call,
});

/** Nothing is named. */
const loggedIn = (status: number, call: Call = {}): Row => {
  const same = each((actor) => (actor === 'anonymous' ? 401 : status));
  return { expected: on(same, same), ...call };
};
const everyone = (status: number, call: Call = {}): Row => {
  const same = each(() => status);
  return { expected: on(same, same), ...call };
};

const id = (things: Things) => ({ id: things.company });
const member = (things: Things) => ({ id: things.company, userId: things.memberId });
const invite = (things: Things) => ({ id: things.company, inviteId: things.inviteId });
const joinRequest = (things: Things) => ({ id: things.company, requestId: things.joinRequestId });
const received = (things: Things) => ({ tokenOrId: things.receivedInviteId });
const friendRequest = (things: Things) => ({ id: things.friendRequestId });
const notification = (things: Things) => ({ id: things.notificationId });
const fresh = () => `${crypto.randomUUID()}@example.com`;

/** Who may do what, by route: a route of the contract without a row here fails the matrix. */
export const TABLE: Record<string, Row> = {
  signup: everyone(201, { body: () => ({ email: fresh(), password: 'long enough', displayName: 'New' }) }),
  login: everyone(401, { body: () => ({ email: fresh(), password: 'wrong' }) }),
  refreshSession: everyone(401, { body: () => ({ refreshToken: 'none' }) }),
  logout: loggedIn(204),
  logoutAll: loggedIn(204),
  verifyEmail: everyone(410, { body: () => ({ token: 'none' }) }),
  resendVerification: loggedIn(202),
  forgotPassword: everyone(202, { body: () => ({ email: fresh() }) }),
  resetPassword: everyone(410, { body: () => ({ token: 'none', password: 'long enough' }) }),
  restoreEmail: everyone(410, { body: () => ({ token: 'none', password: 'long enough' }) }),
  listSessions: loggedIn(200),
  revokeSession: personal(204, { params: ({ sessionId }) => ({ id: sessionId }) }),

  readMe: loggedIn(200),
  updateMe: loggedIn(200, { body: () => ({ displayName: 'Renamed' }) }),
  deleteMe: { ...loggedIn(204, { body: () => ({ password: PASSWORD }) }), expected: soleOwnersStay() },
  changePassword: loggedIn(204, { body: () => ({ currentPassword: PASSWORD, newPassword: 'another long one' }) }),
  changeEmail: loggedIn(202, { body: () => ({ email: fresh(), password: PASSWORD }) }),
  readPreferences: loggedIn(200),
  updatePreferences: loggedIn(200, { body: () => ({ quietHours: { from: '22:00', to: '07:00' } }) }),
  setActiveCompany: members(200, { body: ({ company }) => ({ companyId: company }) }),
  listPushSubscriptions: loggedIn(200),
  addPushSubscription: loggedIn(201, {
    body: () => ({
      endpoint: `https://push.example.com/${crypto.randomUUID()}`,
      keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) },
    }),
  }),
  removePushSubscription: loggedIn(404, { body: ({ company }) => ({ id: company }) }),
  exportMe: loggedIn(200),
  searchUsers: loggedIn(200, { query: 'q=Name' }),

  createCompany: loggedIn(201, { body: () => ({ name: 'Another' }) }),
  listCompanies: loggedIn(200),
  readCompany: members(200, { params: id }),
  updateCompany: managers(200, { params: id, body: () => ({ name: 'Renamed' }) }),
  deleteCompany: owners(204, { params: id }),
  readPublicCompany: {
    params: id,
    expected: {
      ...on(
        each(() => 200),
        each(() => 200),
      ),
      nonexistent: each(() => 404),
    },
  },
  readAudit: managers(200, { params: id }),
  transferOwnership: owners(200, { params: id, body: ({ memberId }) => ({ userId: memberId }) }),
  listJoinRequests: managers(200, { params: id }),
  requestToJoin: {
    params: id,
    expected: {
      own: { owner: 409, admin: 409, member: 409, rival: 201, stranger: 201, anonymous: 401 },
      foreign: each((actor) => (actor === 'anonymous' ? 401 : 201)),
      nonexistent: NOT_FOUND,
    },
  },
  acceptJoinRequest: managers(200, { params: joinRequest }),
  declineJoinRequest: managers(200, { params: joinRequest }),
  listMembers: members(200, { params: id }),
  updateMember: managers(200, { params: member, body: () => ({ role: 'ADMIN' }) }),
  removeMember: managers(204, { params: member }),
  leaveCompany: { params: id, expected: inCompany(409, 204, 204) },
  readPresence: members(200, { params: id }),

  createInvite: managers(201, { params: id, body: () => ({ email: fresh() }) }),
  listCompanyInvites: managers(200, { params: id }),
  resendInvite: managers(200, { params: invite }),
  revokeInvite: managers(204, { params: invite }),
  listReceivedInvites: loggedIn(200),
  readInvite: personal(200, { params: received }),
  acceptInvite: personal(200, { params: received }),
  rejectInvite: personal(200, { params: received }),

  listFriendships: loggedIn(200),
  requestFriendship: {
    body: ({ memberId }) => ({ userId: memberId }),
    expected: {
      ...on(
        each((actor) => (actor === 'anonymous' ? 401 : 202)),
        each((actor) => (actor === 'anonymous' ? 401 : 202)),
      ),
      nonexistent: NOT_FOUND,
    },
  },
  acceptFriendship: personal(200, { params: friendRequest }),
  rejectFriendship: personal(204, { params: friendRequest }),
  blockFriendship: personal(200, { params: friendRequest }),
  unblockFriendship: personal(204, { params: ({ blockId }) => ({ id: blockId }) }),
  removeFriendship: personal(204, { params: ({ friendshipId }) => ({ id: friendshipId }) }),

  listNotifications: loggedIn(200),
  countUnread: loggedIn(200),
  readAll: loggedIn(200),
  readNotification: personal(200, { params: notification }),
  updateNotification: personal(200, { params: notification, body: () => ({ read: true }) }),
  deleteNotification: personal(204, { params: notification }),
  readTimeline: personal(200, { params: notification }),
  sendMessage: personal(202, { body: ({ friendId }) => ({ to: 'friends', userIds: [friendId], text: 'Hello' }) }),
  reply: personal(202, { params: notification, body: () => ({ text: 'Hello back' }) }),

  readHealth: everyone(200),
  readReadiness: everyone(200),
  readSecurityTxt: everyone(404),
  readIndex: everyone(200),
  readLiveness: everyone(200),
  readJwks: everyone(200),
  listProblemTypes: everyone(200),
  readProblemType: everyone(200, { params: () => ({ code: 'NOT_FOUND' }) }),
};

/** A route that takes several kinds of body has a row for each. */
export const MORE_ROWS: readonly (readonly [operationId: string, row: Row])[] = [
  ['createInvite', managers(201, { params: id, body: () => ({ emails: [fresh(), fresh()] }) })],
  ['sendMessage', managers(202, { body: ({ company }) => ({ to: 'company', companyId: company, text: 'To all' }) })],
  [
    'sendMessage',
    managers(202, {
      body: ({ company, memberId }) => ({ to: 'members', companyId: company, userIds: [memberId], text: 'To some' }),
    }),
  ],
];

/** Owners of companies with other members cannot delete their account. */
function soleOwnersStay(): Expected {
  const same = each((actor) => ({ owner: 409, rival: 409, anonymous: 401 })[actor as string] ?? 204);
  return Object.fromEntries(TARGETS.map((target) => [target, same])) as Expected;
}
