import { z } from 'zod';
import { CompanyInvitesQuery, CreateInviteBody, InviteOutcomes, InviteView, TokenOrId } from '../invites';
import { pageOf, PageQuery } from '../paging';
import { defineRoute } from '../route';

const tag = 'invites' as const;

export const CreateInvite = defineRoute('POST /v1/companies/{id}/invites', {
  operationId: 'createInvite',
  tag,
  summary: 'Invite one address, or up to 100, as an owner or admin',
  description:
    'With `email` the answer is the invite; with `emails` it is the outcome of each address. Each address counts as one ' +
    'call against the limits. The caller needs a verified address. From the fourth mail to an address within a day, a pause ' +
    'applies, answered `RATE_LIMITED`.',
  rate: 'invite',
  cost: (body) => ('emails' in body ? body.emails.length : 1),
  body: CreateInviteBody,
  response: z.union([InviteView, InviteOutcomes]).meta({ id: 'InviteCreated' }),
  errors: [
    'NOT_FOUND',
    'FORBIDDEN',
    'ALREADY_MEMBER',
    'INVITE_ALREADY_PENDING',
    'INVITE_LIMIT_REACHED',
    'EMAIL_UNDELIVERABLE',
    'EMAIL_NOT_VERIFIED',
  ],
});

export const ListCompanyInvites = defineRoute('GET /v1/companies/{id}/invites', {
  operationId: 'listCompanyInvites',
  tag,
  summary: 'The invites of a company, newest first, for owners and admins',
  query: CompanyInvitesQuery,
  response: pageOf(InviteView),
  errors: ['NOT_FOUND', 'FORBIDDEN', 'CURSOR_INVALID'],
});

export const ResendInvite = defineRoute('POST /v1/companies/{id}/invites/{inviteId}/resend', {
  operationId: 'resendInvite',
  tag,
  summary: 'Send an invite again, with a new token and expiry',
  description:
    'Ends the previous token. Renews an expired invite. Each mail to an address is followed by a pause, of a minute ' +
    'after the first and twice as long after each, at most a day: until then the answer is `RATE_LIMITED` with `retryAfterMs`.',
  rate: 'invite',
  status: 200,
  response: InviteView,
  errors: [
    'NOT_FOUND',
    'FORBIDDEN',
    'INVITE_USED',
    'INVITE_REVOKED',
    'INVITE_ALREADY_PENDING',
    'ALREADY_MEMBER',
    'INVITE_LIMIT_REACHED',
    'EMAIL_NOT_VERIFIED',
  ],
});

export const RevokeInvite = defineRoute('DELETE /v1/companies/{id}/invites/{inviteId}', {
  operationId: 'revokeInvite',
  tag,
  summary: 'Withdraw a pending invite',
  errors: ['NOT_FOUND', 'FORBIDDEN', 'INVITE_USED', 'INVITE_EXPIRED'],
});

export const ListReceivedInvites = defineRoute('GET /v1/invites', {
  operationId: 'listReceivedInvites',
  tag,
  summary: "The invites that await the caller's answer, newest first",
  query: PageQuery,
  response: pageOf(InviteView),
  errors: ['EMAIL_NOT_VERIFIED', 'CURSOR_INVALID'],
});

export const ReadInvite = defineRoute('GET /v1/invites/{tokenOrId}', {
  operationId: 'readInvite',
  tag,
  summary: 'One invite',
  description:
    'By token with or without a login. By id for the invitee, and for members of the company who may invite.',
  access: 'optional',
  params: TokenOrId,
  response: InviteView,
  errors: ['NOT_FOUND', 'TOKEN_INVALID', 'UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED', 'EMAIL_NOT_VERIFIED'],
});

const answer = {
  tag,
  params: TokenOrId,
  status: 200,
  response: InviteView,
} as const;

export const AcceptInvite = defineRoute('POST /v1/invites/{tokenOrId}/accept', {
  ...answer,
  operationId: 'acceptInvite',
  summary: 'Join the company',
  description:
    'Repeats do not add memberships. The token proves the address; with an id, the address must be verified.',
  errors: [
    'NOT_FOUND',
    'TOKEN_INVALID',
    'INVITE_USED',
    'INVITE_REVOKED',
    'INVITE_EXPIRED',
    'INVITE_EMAIL_MISMATCH',
    'EMAIL_NOT_VERIFIED',
    'ALREADY_MEMBER',
    'MEMBER_LIMIT_REACHED',
  ],
});

export const RejectInvite = defineRoute('POST /v1/invites/{tokenOrId}/reject', {
  ...answer,
  operationId: 'rejectInvite',
  summary: 'Decline the invitation',
  errors: [
    'NOT_FOUND',
    'TOKEN_INVALID',
    'INVITE_USED',
    'INVITE_REVOKED',
    'INVITE_EXPIRED',
    'INVITE_EMAIL_MISMATCH',
    'EMAIL_NOT_VERIFIED',
  ],
});
