import { z } from 'zod';
import { defineRoute, type RouteContract } from '../http/route';
import { ActsView, ActView, Reason } from './acts';
import { BeginActBody, DeadLetterFilter, DeadLetterGroupsView, DeadLetterView } from './dead-letters';
import { DoctorView } from './doctor';
import { GatewaysView } from './gateways';
import { OutboxView } from './outbox';
import { PartitionsView } from './partitions';
import { QueuesView } from './queues';
import { TraceView } from './trace';
import { VerificationPage, VerifyQuery } from './verification';
import { WhyView } from './why';

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

export const ShowDeadLetter = defineRoute('GET /v1/dead-letters/{eventId}', {
  operationId: 'showDeadLetter',
  tag: 'dead letters',
  access: 'viewer',
  rate: 'none',
  summary: 'What was given up of one event: errors, headers, and the facts of the event without what is personal',
  response: DeadLetterView,
  errors: ['NOT_FOUND'],
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

export const ReplayDeadLetters = defineRoute('POST /v1/dead-letters/replay', {
  operationId: 'replayDeadLetters',
  tag: 'dead letters',
  access: 'operator',
  rate: 'none',
  summary: 'Begins to replay the dead reactions of this moment that a filter names',
  description: 'Those that a running act has taken down are left to it, so that a second call changes nothing.',
  body: BeginActBody,
  status: 202,
  response: ActView,
});

export const DiscardDeadLetters = defineRoute('POST /v1/dead-letters/discard', {
  operationId: 'discardDeadLetters',
  tag: 'dead letters',
  access: 'operator',
  rate: 'none',
  summary: 'Begins to discard the dead reactions of this moment that a filter names: they are never done',
  body: BeginActBody,
  status: 202,
  response: ActView,
});

export const ListActs = defineRoute('GET /v1/acts', {
  operationId: 'listActs',
  tag: 'acts',
  access: 'viewer',
  rate: 'none',
  summary: 'What operators did, the latest first',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(20) }),
  response: ActsView,
});

export const ReadAct = defineRoute('GET /v1/acts/{actId}', {
  operationId: 'readAct',
  tag: 'acts',
  access: 'viewer',
  rate: 'none',
  summary: 'One act: how far it is, or what came of it',
  response: ActView,
  errors: ['NOT_FOUND'],
});

export const AbortAct = defineRoute('POST /v1/acts/{actId}/abort', {
  operationId: 'abortAct',
  tag: 'acts',
  access: 'operator',
  rate: 'none',
  summary: 'An act on many takes nothing more; what it has sent is watched to the end',
  body: z.object({ reason: Reason }),
  status: 200,
  response: ActView,
  errors: ['NOT_FOUND'],
});

export const ResumeAct = defineRoute('POST /v1/acts/{actId}/resume', {
  operationId: 'resumeAct',
  tag: 'acts',
  access: 'operator',
  rate: 'none',
  summary: 'An aborted act goes on',
  body: z.object({ reason: Reason }),
  status: 200,
  response: ActView,
  errors: ['NOT_FOUND'],
});

export const Verify = defineRoute('GET /v1/verification', {
  operationId: 'verify',
  tag: 'diagnosis',
  access: 'viewer',
  rate: 'none',
  summary: 'One page of a comparison of outbox, ledger, notifications and counters',
  description: 'Changes nothing. Read from the replica if there is one, as one snapshot, within five seconds.',
  query: VerifyQuery,
  response: VerificationPage,
});

export const TraceEvent = defineRoute('GET /v1/events/{eventId}/trace', {
  operationId: 'traceEvent',
  tag: 'diagnosis',
  access: 'viewer',
  rate: 'none',
  summary: 'Everywhere an event has been',
  response: TraceView,
  errors: ['NOT_FOUND'],
});

export const ResendEvent = defineRoute('POST /v1/events/{eventId}/resend', {
  operationId: 'resendEvent',
  tag: 'acts',
  access: 'operator',
  rate: 'none',
  summary: 'Sends the notifications of an event to the devices again',
  description:
    'Of the rows that exist. It creates none, and no device shows one twice: the gateways pass on what a device has not had, by `seq`.',
  body: z.object({ reason: Reason }),
  response: ActView,
  errors: ['NOT_FOUND'],
});

export const ExplainDelivery = defineRoute('GET /v1/users/{userId}/events/{eventId}/why', {
  operationId: 'explainDelivery',
  tag: 'diagnosis',
  access: 'viewer',
  rate: 'none',
  summary: 'Why a user has, or has not, a notification of an event',
  response: WhyView,
  errors: ['NOT_FOUND'],
});

export const Doctor = defineRoute('GET /v1/doctor', {
  operationId: 'doctor',
  tag: 'diagnosis',
  access: 'viewer',
  rate: 'none',
  summary: 'What is wrong, why, and what to do',
  response: DoctorView,
});

export const ListPartitions = defineRoute('GET /v1/partitions', {
  operationId: 'listPartitions',
  tag: 'diagnosis',
  access: 'viewer',
  rate: 'none',
  summary: 'The months of the partitioned tables, those to come, and those that go next',
  response: PartitionsView,
});

export const ListGateways = defineRoute('GET /v1/gateways', {
  operationId: 'listGateways',
  tag: 'gateways',
  access: 'viewer',
  rate: 'none',
  summary: 'The ws-gateways that run, with their connections',
  response: GatewaysView,
});

export const DrainGateway = defineRoute('POST /v1/gateways/{gateway}/drain', {
  operationId: 'drainGateway',
  tag: 'gateways',
  access: 'operator',
  rate: 'none',
  summary: 'A ws-gateway accepts no connection any more, and asks its clients to connect again elsewhere',
  description:
    'Paced, and spread over up to 30 seconds by `retryAfterMs`. It drains until it is restarted. The last one that accepts is not drained.',
  params: z.object({ gateway: z.string().max(300) }),
  body: z.object({ reason: Reason }),
  response: ActView,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
});

/** All routes of the operator API. Its OpenAPI document is generated from this list. */
export const OPS_ROUTES: readonly RouteContract[] = [
  ListQueues,
  ReadOutbox,
  ListDeadLetters,
  ShowDeadLetter,
  ReplayDeadLetters,
  DiscardDeadLetters,
  ListActs,
  ReadAct,
  AbortAct,
  ResumeAct,
  RevokeUserSessions,
  Verify,
  TraceEvent,
  ResendEvent,
  ExplainDelivery,
  ListPartitions,
  ListGateways,
  DrainGateway,
  Doctor,
];
