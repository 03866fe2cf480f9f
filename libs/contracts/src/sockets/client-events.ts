import { z } from 'zod';
import { PersonPresence } from '../presence';
import { type ClientEventContract, defineClientEvent } from './client-event';

const Seq = z.int().nonnegative();
const Nothing = z.object({});
const OfCompany = z.object({ companyId: z.uuid().toLowerCase() });

const COMPANY_ID = '01980a5e-7b1c-7d3e-9f10-2a4b6c8d0e1f';
const USER_ID = '01980a5e-6a0b-7c2d-8e0f-1a2b3c4d5e6f';

/** Most people an answer to `presence.watch` lists; the HTTP list has all. */
export const MAX_RECIPIENTS = 1_000;
/** Companies one socket may watch at once. */
export const MAX_WATCHED = 20;

export const AckInbox = defineClientEvent('inbox.ack', {
  summary: 'Everything up to `seq` has arrived on this device',
  description:
    'Remembered per login, shown in the timelines of the notifications, never goes back. It does not mark anything as read.',
  body: z.object({ seq: Seq }),
  answer: Nothing,
  limit: { points: 120, seconds: 10 },
  example: { body: { seq: 42 }, answer: {} },
});

export const ResumeInbox = defineClientEvent('inbox.resume', {
  summary: 'Send everything after `lastSeq` again, then go on',
  description:
    'For a client that found a gap, or received `inbox.resync`. The answer comes before the first frame of the replay. ' +
    '`recovered: false` when more was missed than a replay brings (5,000 unless the operator says otherwise), when `epoch` is another, or when `lastSeq` is ahead of ' +
    'the inbox: take the inbox from `GET /v1/notifications`; the stream goes on from `headSeq`.',
  body: z.object({ lastSeq: Seq, epoch: z.string().optional() }),
  answer: z.object({ recovered: z.boolean(), headSeq: Seq, epoch: z.string() }),
  limit: { points: 20, seconds: 10 },
  example: {
    body: { lastSeq: 42 },
    answer: { recovered: true, headSeq: 45, epoch: 'f3b1c2d4' },
  },
});

export const RenewSession = defineClientEvent('session.renew', {
  summary: 'Stay connected with a newer access token of the same session',
  description:
    'Without it the connection ends with `session.closing` (`TOKEN_EXPIRED`) when the token it began with expires.',
  body: z.object({ token: z.string().min(1) }),
  answer: z.object({ expiresAt: z.iso.datetime() }),
  errors: ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED', 'FORBIDDEN'],
  limit: { points: 10, seconds: 60 },
  example: { body: { token: 'eyJhbGciOiJFUzI1NiIs…' }, answer: { expiresAt: '2026-11-24T12:10:00.000Z' } },
});

export const UpdatePresence = defineClientEvent('presence.update', {
  summary: 'Whether this device is in use',
  description:
    'A device is `ONLINE` from its connection on. A client sends `AWAY` after a while without input, and `ONLINE` with the next ' +
    'input. The state of a user is the most present one of their devices.',
  body: z.object({ state: z.enum(['ONLINE', 'AWAY']) }),
  answer: Nothing,
  limit: { points: 20, seconds: 60 },
  example: { body: { state: 'AWAY' }, answer: {} },
});

export const WatchPresence = defineClientEvent('presence.watch', {
  summary: 'Watch the presence of a company’s members',
  description:
    `For members. Answers who is present now, at most ${MAX_RECIPIENTS} people (\`complete\` states whether that is all; ` +
    '`GET /v1/companies/{id}/presence` has pages), and from then on sends `presence.changed`. Ends with the connection, the ' +
    `membership or \`presence.unwatch\`. At most ${MAX_WATCHED} companies at once.`,
  body: OfCompany,
  answer: z.object({ people: z.array(PersonPresence), complete: z.boolean() }),
  errors: ['NOT_FOUND', 'WATCH_LIMIT_REACHED'],
  limit: { points: 40, seconds: 60 },
  example: {
    body: { companyId: COMPANY_ID },
    answer: { people: [{ userId: USER_ID, state: 'ONLINE' }], complete: true },
  },
});

export const UnwatchPresence = defineClientEvent('presence.unwatch', {
  summary: 'No more `presence.changed` of this company',
  description: 'Answers the same when it was not watched.',
  body: OfCompany,
  answer: Nothing,
  limit: { points: 40, seconds: 60 },
  example: { body: { companyId: COMPANY_ID }, answer: {} },
});

/** All client events. Handlers, documents and the SDK are made from this list. */
export const CLIENT_EVENTS: readonly ClientEventContract[] = [
  AckInbox,
  ResumeInbox,
  RenewSession,
  UpdatePresence,
  WatchPresence,
  UnwatchPresence,
];
