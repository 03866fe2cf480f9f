import { Counter, Gauge, Histogram } from 'prom-client';

export const connectionsActive = new Gauge({
  name: 'ws_connections_active',
  help: 'Sockets connected to this gateway',
});

export const eventsEmitted = new Counter({
  name: 'ws_events_emitted_total',
  help: 'Events sent to clients, per socket',
  labelNames: ['event'],
});

export const eventsRateLimited = new Counter({
  name: 'ws_events_rate_limited_total',
  help: 'Events from or to clients that a rate limit held back',
  labelNames: ['event', 'direction'],
});

export const gapFills = new Counter({
  name: 'ws_inbox_gap_fills_total',
  help: 'Reads of PostgreSQL for inbox frames that did not arrive in order',
});

export const gapFrames = new Counter({
  name: 'ws_inbox_gap_frames_total',
  help: 'Inbox frames that reached a client from PostgreSQL because they were not heard',
});

export const replaySize = new Histogram({
  name: 'ws_inbox_replay_frames',
  help: 'Frames replayed to a client that resumed',
  buckets: [0, 1, 5, 20, 100, 250, 500],
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
