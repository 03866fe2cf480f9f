import {
  AuditEntryView,
  CompanyView,
  CreateCompanyBody,
  JoinRequestsQuery,
  JoinRequestView,
  MemberView,
  PresenceView,
  PublicCompanyView,
  TransferOwnershipBody,
  UpdateCompanyBody,
  UpdateMemberBody,
} from '../companies';
import { pageOf, PageQuery } from '../paging';
import { defineRoute } from '../route';

const tag = 'companies' as const;

export const CreateCompany = defineRoute('POST /v1/companies', {
  operationId: 'createCompany',
  tag,
  summary: 'Create a company; the caller is its owner',
  body: CreateCompanyBody,
  response: CompanyView,
});

export const ListCompanies = defineRoute('GET /v1/companies', {
  operationId: 'listCompanies',
  tag,
  summary: 'The companies of the caller, newest first',
  query: PageQuery,
  response: pageOf(CompanyView),
  errors: ['CURSOR_INVALID'],
});

export const ReadCompany = defineRoute('GET /v1/companies/{id}', {
  operationId: 'readCompany',
  tag,
  summary: 'A company of the caller',
  response: CompanyView,
  errors: ['NOT_FOUND'],
});

export const UpdateCompany = defineRoute('PATCH /v1/companies/{id}', {
  operationId: 'updateCompany',
  tag,
  summary: 'Change name or visibility, as an owner or admin',
  body: UpdateCompanyBody,
  response: CompanyView,
  errors: ['NOT_FOUND', 'FORBIDDEN'],
});

export const DeleteCompany = defineRoute('DELETE /v1/companies/{id}', {
  operationId: 'deleteCompany',
  tag,
  summary: 'Delete a company, as an owner',
  description: 'Memberships end, pending invites are withdrawn, open requests to join are declined.',
  errors: ['NOT_FOUND', 'FORBIDDEN'],
});

export const ReadPublicCompany = defineRoute('GET /v1/companies/{id}/public', {
  operationId: 'readPublicCompany',
  tag,
  summary: 'The public page of a public company',
  description: 'Needs no login. A logged-in caller who has just changed the company sees the change.',
  access: 'optional',
  response: PublicCompanyView,
  errors: ['NOT_FOUND'],
  lagTolerated: true,
});

export const ReadAudit = defineRoute('GET /v1/companies/{id}/audit', {
  operationId: 'readAudit',
  tag,
  summary: 'The audit log of a company, newest first, for owners and admins',
  query: PageQuery,
  response: pageOf(AuditEntryView),
  errors: ['NOT_FOUND', 'FORBIDDEN', 'CURSOR_INVALID'],
  lagTolerated: true,
});

export const TransferOwnership = defineRoute('POST /v1/companies/{id}/ownership', {
  operationId: 'transferOwnership',
  tag,
  summary: 'Transfer ownership: a member becomes an owner, the caller an admin',
  body: TransferOwnershipBody,
  status: 200,
  response: CompanyView,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'NOT_YOURSELF'],
});

export const ListJoinRequests = defineRoute('GET /v1/companies/{id}/join-requests', {
  operationId: 'listJoinRequests',
  tag,
  summary: 'Requests to join, newest first, for owners and admins',
  query: JoinRequestsQuery,
  response: pageOf(JoinRequestView),
  errors: ['NOT_FOUND', 'FORBIDDEN', 'CURSOR_INVALID'],
});

export const RequestToJoin = defineRoute('POST /v1/companies/{id}/join-requests', {
  operationId: 'requestToJoin',
  tag,
  summary: 'Request to join a public company',
  rate: 'invite',
  response: JoinRequestView,
  errors: ['NOT_FOUND', 'ALREADY_MEMBER', 'JOIN_REQUEST_PENDING', 'EMAIL_NOT_VERIFIED'],
});

export const AcceptJoinRequest = defineRoute('POST /v1/companies/{id}/join-requests/{requestId}/accept', {
  operationId: 'acceptJoinRequest',
  tag,
  summary: 'Accept a request to join, as an owner or admin',
  status: 200,
  response: JoinRequestView,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'JOIN_REQUEST_DECIDED', 'MEMBER_LIMIT_REACHED', 'ALREADY_MEMBER'],
});

export const DeclineJoinRequest = defineRoute('POST /v1/companies/{id}/join-requests/{requestId}/decline', {
  operationId: 'declineJoinRequest',
  tag,
  summary: 'Decline a request to join, as an owner or admin',
  status: 200,
  response: JoinRequestView,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'JOIN_REQUEST_DECIDED'],
});

export const ListMembers = defineRoute('GET /v1/companies/{id}/members', {
  operationId: 'listMembers',
  tag: 'members',
  summary: 'The members, oldest account first',
  query: PageQuery,
  response: pageOf(MemberView),
  errors: ['NOT_FOUND', 'CURSOR_INVALID'],
});

export const UpdateMember = defineRoute('PATCH /v1/companies/{id}/members/{userId}', {
  operationId: 'updateMember',
  tag: 'members',
  summary: "Change a member's role",
  description:
    'An owner may give any role to any member. An admin may make a MEMBER an ADMIN, and become a MEMBER again. ' +
    'Pending invites of an admin or owner who becomes a MEMBER are withdrawn.',
  body: UpdateMemberBody,
  response: MemberView,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'LAST_OWNER'],
});

export const RemoveMember = defineRoute('DELETE /v1/companies/{id}/members/{userId}', {
  operationId: 'removeMember',
  tag: 'members',
  summary: 'Remove a member: an owner any member, an admin a MEMBER',
  description: 'Pending invites of the removed member are withdrawn.',
  errors: ['NOT_FOUND', 'FORBIDDEN', 'NOT_YOURSELF'],
});

export const LeaveCompany = defineRoute('POST /v1/companies/{id}/leave', {
  operationId: 'leaveCompany',
  tag: 'members',
  summary: 'Leave a company',
  description: 'Pending invites of the caller are withdrawn.',
  errors: ['NOT_FOUND', 'LAST_OWNER'],
});

export const ReadPresence = defineRoute('GET /v1/companies/{id}/presence', {
  operationId: 'readPresence',
  tag: 'members',
  summary: 'Presence of the members, in the order of the list of members',
  query: PageQuery,
  response: pageOf(PresenceView),
  errors: ['NOT_FOUND', 'CURSOR_INVALID'],
});
