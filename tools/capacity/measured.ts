/**
 * Every figure that the capacity model is fed with. Measured figures name their run; assumed ones say why they are as they are. A new run of a bench
 * changes this file, and then `npm run capacity -- --write` the tables of docs/capacity.md.
 */

type Kind = 'measured' | 'assumed';

export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly kind: Kind;
  /** The bench and its row, or the reason of an assumption. */
  readonly source: string;
  /** Of the run. */
  readonly date?: string;
}

export const APPS = ['api-gateway', 'ws-gateway', 'invites-worker', 'members-worker', 'notifications-worker'] as const;
export type App = (typeof APPS)[number];

const ran = (source: string, unit: string, date = '2026-11-27') => ({ unit, kind: 'measured' as const, source, date });
const of = (value: number, what: ReturnType<typeof ran>): Figure => ({ value, ...what });
const assumed = (value: number, unit: string, source: string): Figure => ({ value, unit, kind: 'assumed', source });

const busy = ran('bench pipeline, at saturation', 'CPU-ms / event');
const calm = ran('bench pipeline, 20 events a second', 'CPU-ms / event');
const idle = ran('bench idle', 'CPU-ms / s');
const resident = ran('bench idle, resident', 'MB');
const fanout = ran('bench fanout, 10,000 members', 'CPU-ms / recipient');
const storm = ran('bench storm, return after a kill', 'CPU-ms / client');
const read = ran('bench http, GET notifications', 'CPU-ms / request');
const stored = ran('tools/capacity/row-sizes.spec.ts with 2,000 events', 'bytes / row, with indexes', '2026-11-28');

/** What one event costs: one request, one reaction, one recipient with one device. `reaction` is of the worker that reacts. */
const perEvent = (what: ReturnType<typeof ran>, [api, reaction, frames, ws, postgres, redis, rabbitmq]: number[]) => ({
  api: of(api as number, what),
  reaction: of(reaction as number, what),
  /** The hop from the queue of frames to Redis, in the notifications-worker. */
  frames: of(frames as number, what),
  ws: of(ws as number, what),
  postgres: of(postgres as number, what),
  redis: of(redis as number, what),
  rabbitmq: of(rabbitmq as number, what),
});

export const measured = {
  event: {
    /** Statements and messages share their round trips. */
    busy: perEvent(busy, [1.15, 1.34, 0.37, 0.42, 1.62, 0.03, 0.72]),
    /** Each event pays for its own. */
    calm: perEvent(calm, [2.78, 3.09, 1.97, 1.53, 3.06, 0.16, 3.47]),
  },
  /** One more recipient of an event that has some. */
  recipient: {
    worker: of(0.129, fanout),
    ws: of(0.0235, fanout),
    postgres: of(0.139, fanout),
    redis: of(0.0075, fanout),
  },
  /** One of the reads that clients repeat, a page of 20 of 500 notifications. */
  read: { api: of(0.23, read), postgres: of(0.1, read) },
  delivery: {
    targeted: of(1_000 / 24_134, ran('bench realtime, targeted deliveries', 'CPU-ms / delivery')),
    broadcast: of(1_000 / 77_662, ran('bench realtime, broadcast deliveries', 'CPU-ms / delivery')),
  },
  connection: {
    memoryKb: of(12.29, ran('bench realtime, resident per idle connection, 2,000 connections', 'KB')),
    cpuMs: of(0.011, ran('15,000 idle connections on one core: 10 to 11 µs', 'CPU-ms / s', '2026-11-25')),
  },
  accept: {
    ws: of(1_000 / 726, storm),
    postgres: of(0.09, storm),
    redis: of(0.06, storm),
    /** The first try of a client whose connection was lost: 0.5 to 1.5 s later. */
    retryS: of(1, ran('bench storm, delay before the first attempt', 's')),
  },
  idle: {
    cpuMs: {
      'api-gateway': of(5.63, idle),
      'ws-gateway': of(8.75, idle),
      'invites-worker': of(5, idle),
      'members-worker': of(11.88, idle),
      'notifications-worker': of(7.5, idle),
    },
    residentMb: {
      'api-gateway': of(245, resident),
      'ws-gateway': of(134, resident),
      'invites-worker': of(91.7, resident),
      'members-worker': of(77.4, resident),
      'notifications-worker': of(97.4, resident),
    },
    rabbitmq: of(30.63, idle),
  },
  storedBytes: { event: of(958, stored), ledger: of(184, stored), notification: of(434, stored) },
  wal: {
    event: of(
      2_930,
      ran('row-sizes.spec.ts, 500 events, 50 at once, without page images', 'bytes / event', '2026-11-28'),
    ),
    recipient: of(
      645,
      ran('row-sizes.spec.ts, 100 recipients per event, without page images', 'bytes / recipient', '2026-11-28'),
    ),
  },
  audience: {
    chunk: of(500, ran('CHUNK in libs/inbox/src/audience', 'recipients')),
    msPerRecipient: of(0.874, ran('bench fanout, until the last frame, 10,000 members', 'ms')),
  },
  queue: of(9_688, ran('bench relay, one relay and one quorum queue of one node', 'events / s')),
} as const;

export const assumptions = {
  /** Shares of the events by the worker that reacts. */
  share: {
    'invites-worker': assumed(0.4, 'of events', 'the product decides; the reaction of each costs as one to an invite'),
    'members-worker': assumed(0.3, 'of events', 'as above'),
    'notifications-worker': assumed(0.3, 'of events', 'as above'),
  },
  rabbitmqNodes: assumed(3, 'nodes', 'quorum queues: each node is charged what the only node of the bench used'),
  fullPageWrites: assumed(3, 'times the WAL', 'full_page_writes are on in production; depends on checkpoints'),
  compareS: assumed(
    15,
    's',
    'WS_COMPARE_INTERVAL_MS; a compared connection is charged an accept’s share of PostgreSQL',
  ),
  userBytes: assumed(2_000, 'bytes / user', 'account, counter, sessions and memberships, with indexes'),
  presenceBytes: assumed(1_000, 'bytes / connection', 'presence and subscriptions in Redis, with their keys'),
  hotDays: assumed(2, 'days', 'rows that are read again soon after they were written: kept in memory'),
  backendMb: assumed(10, 'MB / connection', 'a backend of PostgreSQL with prepared statements'),
  afterFailure: assumed(0.85, 'of a core', 'the most that a process uses after a zone has failed'),
  limit: {
    postgresCores: assumed(64, 'cores', 'the largest machine for one primary that is easy to get'),
    walMbS: assumed(300, 'MB / s', 'one volume and one synchronous standby'),
    rabbitmqCores: assumed(16, 'cores / node', 'Erlang schedulers beyond help little'),
    poolerClients: assumed(10_000, 'connections', 'one PgBouncer, which is one thread'),
    redisMasters: assumed(100, 'masters', 'gateways hold a connection to each'),
  },
} as const;
