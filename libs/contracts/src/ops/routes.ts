import { z } from 'zod';
import { defineRoute, type RouteContract } from '../http/route';
import { ActView, Reason } from './acts';
import { DeadLetterFilter, DeadLetterGroupsView } from './dead-letters';
import { OutboxView } from './outbox';
import { QueuesView } from './queues';

export const ListQueues = defineRoute('GET /v1/queues', {
  operationId: 'listQueues',
  tag: 'messaging',
  access: 'viewer',
  rate: 'none',
  summary: 'Depth, consumers, retries and dead letters of each queue',
  response: QueuesView,
});

export const ReadOutbox = defineRoute('GET /v1/outbox', {
  operationId: 'readOutbox',
  tag: 'messaging',
  access: 'viewer',
  rate: 'none',
  summary: 'Events that are committed and not published yet, by type',
  response: OutboxView,
});

export const ListDeadLetters = defineRoute('GET /v1/dead-letters', {
  operationId: 'listDeadLetters',
  tag: 'dead letters',
  access: 'viewer',
  rate: 'none',
  summary: 'Reactions that were given up, grouped by queue, event, reaction and error',
  query: DeadLetterFilter,
  response: DeadLetterGroupsView,
});

export const RevokeUserSessions = defineRoute('POST /v1/users/{userId}/sessions/revoke', {
  operationId: 'revokeUserSessions',
  tag: 'acts',
  access: 'operator',
  rate: 'none',
  summary: 'Ends all sessions of a user',
  body: z.object({ reason: Reason }),
  response: ActView,
  errors: ['NOT_FOUND'],
});

/** All routes of the operator API. Its OpenAPI document is generated from this list. */
export const OPS_ROUTES: readonly RouteContract[] = [ListQueues, ReadOutbox, ListDeadLetters, RevokeUserSessions];
