import { FriendshipRequested, FriendshipsQuery, FriendshipView, RequestFriendshipBody } from '../friendships';
import { pageOf } from '../paging';
import { defineRoute } from '../route';

const tag = 'friendships' as const;

export const ListFriendships = defineRoute('GET /v1/friendships', {
  operationId: 'listFriendships',
  tag,
  summary: 'Friends, requests or blocked users, newest first',
  query: FriendshipsQuery,
  response: pageOf(FriendshipView),
  errors: ['CURSOR_INVALID'],
});

export const RequestFriendship = defineRoute('POST /v1/friendships', {
  operationId: 'requestFriendship',
  tag,
  summary: 'Request a friendship, by id or by address',
  description:
    'By address, neither the answer nor its time depends on whether the address has an account. A blocked caller gets the ' +
    'same answer as others, and the other side gets no request. The same holds for a repeated request after a refusal, for 7 days at first and longer after each ' +
    'refusal. When the other side has requested too, both are friends at once.',
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
  summary: 'End a block',
  errors: ['NOT_FOUND'],
});

export const RemoveFriendship = defineRoute('DELETE /v1/friendships/{id}', {
  operationId: 'removeFriendship',
  tag,
  summary: 'End a friendship, or withdraw a request',
  errors: ['NOT_FOUND'],
});
