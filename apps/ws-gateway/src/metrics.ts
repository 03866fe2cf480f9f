import { Counter, Gauge, Histogram } from 'prom-client';
import type { ErrorCode } from '@convene/contracts/error-codes';
import { CLIENT_EVENTS } from '@convene/contracts/sockets/client-events';
import { CLOSINGS } from '@convene/contracts/sockets/closings';
import { SERVER_EVENTS } from '@convene/contracts/sockets/server-events';
import { GatheredCounter } from '@convene/observability/gathered-counter';

export const connectionsActive = new Gauge({
  name: 'ws_connections_active',
  help: 'Sockets connected to this gateway',
});

export const connectionsLimit = new Gauge({
  name: 'ws_connections_limit',
  help: 'WS_MAX_CONNECTIONS: sockets beyond it are refused',
});

const eventsEmitted = new GatheredCounter({
  name: 'ws_events_emitted_total',
  help: 'Events sent to clients, per socket',
  labelNames: ['event'],
});

export function countEmitted(event: string, sockets = 1): void {
  eventsEmitted.inc({ event }, sockets);
}

export const eventsRateLimited = new Counter({
  name: 'ws_events_rate_limited_total',
  help: 'Events from or to clients that a rate limit held back',
  labelNames: ['event', 'direction'],
});

for (const { name } of CLIENT_EVENTS) eventsRateLimited.inc({ event: name, direction: 'in' }, 0);
for (const { name } of SERVER_EVENTS) eventsRateLimited.inc({ event: name, direction: 'out' }, 0);

export const gapFills = new Counter({
  name: 'ws_inbox_gap_fills_total',
  help: 'Reads of PostgreSQL for inbox frames that did not arrive in order',
});

export const gapFrames = new Counter({
  name: 'ws_inbox_gap_frames_total',
  help: 'Inbox frames that reached a client from PostgreSQL because no live frame arrived',
});

export const replaySize = new Histogram({
  name: 'ws_inbox_replay_frames',
  help: 'Seqs that a client that resumed had missed',
  buckets: [0, 1, 5, 20, 100, 500, 2_000, 5_000],
});

export const resumes = new Counter({
  name: 'ws_inbox_resumes_total',
  help: 'Connections and resumes, by whether everything missed could follow',
  labelNames: ['recovered'],
});

export const frameLatency = new Histogram({
  name: 'ws_frame_latency_seconds',
  help: 'From the commit of an event to the emit of its inbox frame',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
});

export const comparisonDuration = new Histogram({
  name: 'ws_comparison_duration_seconds',
  help: 'Time to compare all inboxes of this gateway with PostgreSQL',
  buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 15],
});

export const connectionsRefused = new Counter({
  name: 'ws_connections_refused_total',
  help: 'Handshakes refused, by error code',
  labelNames: ['code'],
});

export const sessionsClosed = new Counter({
  name: 'ws_sessions_closed_total',
  help: 'Connections ended by this gateway, by the code of session.closing',
  labelNames: ['code'],
});

// Counters that are born with their first fault show no increase.
for (const code of Object.keys(CLOSINGS)) sessionsClosed.inc({ code }, 0);
const REFUSALS = [
  'ORIGIN_NOT_ALLOWED',
  'RATE_LIMITED',
  'SESSION_REVOKED',
  'TOO_MANY_CONNECTIONS',
  'UNAVAILABLE',
] satisfies ErrorCode[];
for (const code of REFUSALS) connectionsRefused.inc({ code }, 0);

export const presenceWatchers = new Gauge({
  name: 'ws_presence_watchers',
  help: 'Companies watched by sockets of this gateway, counted per socket',
});

export const presenceFrames = new Counter({
  name: 'ws_presence_frames_total',
  help: 'presence.changed frames, each encoded once for all watchers of the company',
});

export const presenceReloadDuration = new Histogram({
  name: 'ws_presence_reload_duration_seconds',
  help: 'Time to read who of a watched company is there from Redis',
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
});

export const deliveriesUnlogged = new Counter({
  name: 'ws_deliveries_unlogged_total',
  help: 'Deliveries that are missing in the timelines of their notifications',
});
