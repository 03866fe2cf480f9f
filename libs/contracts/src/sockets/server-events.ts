import type { z } from 'zod';
import { CATALOGUE } from '../catalogue';
import { allowedFacts, type EventContract } from '../event';
import {
  InboxResyncFrame,
  NotificationCreatedFrame,
  NotificationUpdatedFrame,
  PresenceChangedFrame,
  RoomFrame,
  SessionClosingFrame,
  SessionReadyFrame,
} from '../frames';
import { defineServerEvent, type ServerEventContract } from './server-event';

const USER_ID = '01980a5e-6a0b-7c2d-8e0f-1a2b3c4d5e6f';
const COMPANY_ID = '01980a5e-7b1c-7d3e-9f10-2a4b6c8d0e1f';
const EVENT_ID = '01980a5f-0c1d-7e2f-8a3b-4c5d6e7f8091';
const SESSION_ID = '01980a5e-8c2d-7e4f-a051-3b5c7d9e1f20';

/** Hints beyond it are named in `inbox.resync` instead. */
const HINTS = { points: 100, seconds: 10 };

const SessionReady = defineServerEvent('session.ready', {
  summary: 'The stream is live',
  when: 'As the first frame, once per connection. The replay of missed frames follows, then live frames.',
  reach: 'device',
  payload: SessionReadyFrame,
  example: {
    userId: USER_ID,
    sessionId: SESSION_ID,
    epoch: 'f3b1c2d4',
    recovered: true,
    headSeq: 45,
    unread: { count: 3, version: 61 },
    companies: { [COMPANY_ID]: 7 },
  },
});

const SessionClosing = defineServerEvent('session.closing', {
  summary: 'The server is about to end this connection, with the reason',
  when: 'As the last frame before the server ends a connection.',
  reach: 'device',
  payload: SessionClosingFrame,
  example: {
    code: 'GOING_AWAY',
    reason: 'This node is shutting down; connect again',
    reconnect: true,
    retryAfterMs: 1830,
  },
});

export const NotificationCreated = defineServerEvent('notifications.created', {
  summary: 'A new notification in the inbox',
  when: 'For every row of the inbox, strictly rising by `seq`, at least once per device: drop a `seq` that is not above the last.',
  reach: 'user',
  payload: NotificationCreatedFrame,
  limit: { points: 200, seconds: 10 },
  example: {
    seq: 46,
    id: EVENT_ID,
    code: 'INVITE_RECEIVED',
    params: { inviteId: EVENT_ID, companyName: 'Acme', inviterName: 'Ana' },
    companyId: COMPANY_ID,
    senderUserId: USER_ID,
    createdAt: '2026-11-24T12:00:00.000Z',
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    silent: false,
    unread: { count: 3, version: 61 },
  },
});

const NotificationUpdated = defineServerEvent('notifications.updated', {
  summary:
    'A notification was read, archived, snoozed or deleted on some device, or only the count of unread ones changed',
  when: 'After the change. Without an `id` it carries the count alone. An older `unread.version` is ignored.',
  reach: 'user',
  payload: NotificationUpdatedFrame,
  example: { id: EVENT_ID, readAt: '2026-11-24T12:01:00.000Z', unread: { count: 2, version: 62 } },
});

const InboxResync = defineServerEvent('inbox.resync', {
  summary: 'Frames were held back: send `inbox.resume`',
  when: 'Once, instead of all frames beyond the outbound limit of a user. They follow after `inbox.resume`, or when the limit allows.',
  reach: 'device',
  payload: InboxResyncFrame,
  example: { headSeq: 345, companies: [COMPANY_ID] },
});

const PresenceChanged = defineServerEvent('presence.changed', {
  summary: 'The presence of members of a watched company changed',
  when: 'Batched, to the clients that watch the company. A user who reconnects within five seconds stays online.',
  reach: 'watchers',
  payload: PresenceChangedFrame,
  example: { companyId: COMPANY_ID, people: [{ userId: USER_ID, state: 'AWAY' }] },
});

/** The hint of a domain event: its facts and its room. */
function roomFrame(event: EventContract): ServerEventContract {
  const own = event.subject === undefined ? '' : ' and to the user it is about';
  return defineServerEvent(event.type, {
    summary: `Hint: \`${event.type}\` happened`,
    when: 'After the event is committed: at least once, in any order. Refetch the named resources. A hint is never a notification.',
    reach: event.roomFrame === 'company' ? 'company' : 'user',
    payload: RoomFrame.extend(factsOf(event)).meta({
      description: `To ${event.roomFrame === 'company' ? 'the members of the company' : 'the devices of the actor'}${own}`,
    }),
    hint: true,
    limit: HINTS,
    example: { eventId: EVENT_ID, companyId: event.roomFrame === 'company' ? COMPANY_ID : null, version: null },
  });
}

/** The facts of an event that its contract lists for the frame. */
function factsOf({ payload, frame }: EventContract): z.ZodRawShape {
  return allowedFacts((payload as z.ZodObject).shape, frame) as z.ZodRawShape;
}

const hasFrame = ({ internal, roomFrame: target, subject }: EventContract) =>
  !internal && (target !== 'none' || subject !== undefined);

/** All frames of the server. Documents and the SDK are made from this list. */
export const SERVER_EVENTS: readonly ServerEventContract[] = [
  SessionReady,
  SessionClosing,
  NotificationCreated,
  NotificationUpdated,
  InboxResync,
  PresenceChanged,
  ...CATALOGUE.filter(hasFrame).map(roomFrame),
];
