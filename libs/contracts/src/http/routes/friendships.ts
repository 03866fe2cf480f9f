import { FriendshipRequested, FriendshipsQuery, FriendshipView, RequestFriendshipBody } from '../friendships';
import { pageOf } from '../paging';
import { defineRoute } from '../route';

const tag = 'friendships' as const;

export const ListFriendships = defineRoute('GET /v1/friendships', {
  operationId: 'listFriendships',
  tag,
  summary: 'Friends, requests or blocked people, newest first',
  query: FriendshipsQuery,
  response: pageOf(FriendshipView),
  errors: ['CURSOR_INVALID'],
});

export const RequestFriendship = defineRoute('POST /v1/friendships', {
  operationId: 'requestFriendship',
  tag,
  summary: 'Ask somebody to be friends, by id or by address',
  description:
    'By address the answer, and the time it takes, does not tell whether it has an account. Whoever has been blocked gets the same answer as ' +
    'everybody; so does who asks again soon after being declined: for 7 days, longer each time, the other side hears nothing. ' +
    'A request that meets one of the other side makes friends at once.',
  rate: 'invite',
  body: RequestFriendshipBody,
  status: 202,
  response: FriendshipRequested,
  errors: ['NOT_FOUND', 'NOT_YOURSELF', 'FRIENDSHIP_EXISTS', 'BLOCKED_BY_YOU', 'EMAIL_NOT_VERIFIED'],
});

export const AcceptFriendship = defineRoute('POST /v1/friendships/{id}/accept', {
  operationId: 'acceptFriendship',
  tag,
  summary: 'Accept a request',
  status: 200,
  response: FriendshipView,
  errors: ['NOT_FOUND'],
});

export const RejectFriendship = defineRoute('POST /v1/friendships/{id}/reject', {
  operationId: 'rejectFriendship',
  tag,
  summary: 'Decline a request',
  errors: ['NOT_FOUND'],
});

export const BlockFriendship = defineRoute('POST /v1/friendships/{id}/block', {
  operationId: 'blockFriendship',
  tag,
  summary: 'Block the other side of a friendship or request',
  description: 'Ends the friendship. The other side cannot tell a block from a removal.',
  status: 200,
  response: FriendshipView,
  errors: ['NOT_FOUND'],
});

export const UnblockFriendship = defineRoute('DELETE /v1/friendships/{id}/block', {
  operationId: 'unblockFriendship',
  tag,
  summary: 'Lift a block',
  errors: ['NOT_FOUND'],
});

export const RemoveFriendship = defineRoute('DELETE /v1/friendships/{id}', {
  operationId: 'removeFriendship',
  tag,
  summary: 'End a friendship, or take a request back',
  errors: ['NOT_FOUND'],
});
