import {
  decideRequest,
  type FriendshipState,
  mayAnswer,
  mayEndFriendship,
  maySee,
  requestPauseDays,
} from './friendship';

const pending = (withheld = false): FriendshipState => ({
  requesterId: 'ana',
  addresseeId: 'bo',
  status: 'PENDING',
  withheld,
  byAddress: false,
});
const byAddress: FriendshipState = { ...pending(), byAddress: true };
const friends: FriendshipState = { ...pending(), status: 'ACCEPTED' };
const none = { blockedByCaller: false, blockedByOther: false, paused: false };
const paused = { ...none, paused: true };
const unheard: FriendshipState = { ...byAddress, withheld: true };

describe('requesting a friendship', () => {
  it.each([
    ['a stranger', undefined, 'ana', none, { outcome: 'request', withheld: false }],
    [
      'a user who has blocked the caller',
      undefined,
      'ana',
      { ...none, blockedByOther: true },
      { outcome: 'request', withheld: true },
    ],
    [
      'a user whom the caller has blocked',
      undefined,
      'ana',
      { ...none, blockedByCaller: true },
      { outcome: 'refused', code: 'BLOCKED_BY_YOU' },
    ],
    [
      'each other',
      pending(true),
      'bo',
      { ...none, blockedByCaller: true },
      { outcome: 'refused', code: 'BLOCKED_BY_YOU' },
    ],
    ['within a pause', undefined, 'ana', paused, { outcome: 'request', withheld: true }],
    ['a requester within a pause of the caller', pending(), 'bo', paused, { outcome: 'accept' }],
    ['by address again, within the pause', unheard, 'ana', paused, { outcome: 'show', announce: false }],
    ['by address again, after the pause', unheard, 'ana', none, { outcome: 'show', announce: true }],
    ['a requester', pending(), 'bo', none, { outcome: 'accept' }],
    ['a requester whose request is withheld', pending(true), 'bo', none, { outcome: 'accept' }],
    ['by id after by address', byAddress, 'ana', none, { outcome: 'show', announce: false }],
    ['a requester by address', byAddress, 'bo', none, { outcome: 'accept' }],
    ['again', pending(), 'ana', none, { outcome: 'refused', code: 'FRIENDSHIP_EXISTS' }],
    [
      'again while blocked',
      pending(true),
      'ana',
      { ...none, blockedByOther: true },
      { outcome: 'refused', code: 'FRIENDSHIP_EXISTS' },
    ],
    ['a friend', friends, 'bo', none, { outcome: 'refused', code: 'FRIENDSHIP_EXISTS' }],
  ] as const)('%s', (_, there, caller, blocks, outcome) => {
    expect(decideRequest(there, caller, blocks)).toEqual(outcome);
  });
});

it('a friend request is visible to both users, a withheld one to the requester only', () => {
  expect(['ana', 'bo', 'cy'].map((id) => maySee(pending(), id))).toEqual([true, true, false]);
  expect(['ana', 'bo', 'cy'].map((id) => maySee(pending(true), id))).toEqual([true, false, false]);
});

it('a friend request is answered by its addressee once, and never when it is withheld', () => {
  expect(['ana', 'bo', 'cy'].map((id) => mayAnswer(pending(), id))).toEqual([false, true, false]);
  expect([mayAnswer(pending(true), 'bo'), mayAnswer(friends, 'bo')]).toEqual([false, false]);
});

it('a friend request is withdrawn by its requester, and a friendship ended by either user', () => {
  expect(['ana', 'bo', 'cy'].map((id) => mayEndFriendship(pending(true), id))).toEqual([true, false, false]);
  expect(['ana', 'bo', 'cy'].map((id) => mayEndFriendship(friends, id))).toEqual([true, true, false]);
});

it('a friend request by address is visible to the addressee only, until it is accepted', () => {
  expect([maySee(byAddress, 'ana'), maySee(byAddress, 'bo')]).toEqual([false, true]);
  expect([mayEndFriendship(byAddress, 'ana'), mayAnswer(byAddress, 'bo')]).toEqual([false, true]);
  expect(maySee({ ...byAddress, status: 'ACCEPTED' }, 'ana')).toBe(true);
});

it('a friend request is withheld for longer after each declined one, and after the third withdrawn one', () => {
  expect([1, 2, 3, 5, 6, 99].map((count) => requestPauseDays('declined', count))).toEqual([7, 14, 28, 112, 112, 112]);
  expect([1, 2, 3, 9].map((count) => requestPauseDays('takenBack', count))).toEqual([0, 0, 1, 1]);
});
