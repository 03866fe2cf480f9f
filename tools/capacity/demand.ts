import type { Load } from './load';
import { type App, assumptions, measured } from './measured';

/** What an event costs: `busy` while round trips are shared, as at saturation; `calm` when none are. The truth lies between. */
export type Cost = keyof typeof measured.event;

/** Cores that the peak keeps busy, at 100 %, and the flows behind them. */
export interface Demand {
  readonly connections: number;
  /** Per second, at the peak. */
  readonly events: number;
  readonly reads: number;
  /** Frames to sockets per second. */
  readonly deliveries: number;
  readonly apps: Readonly<Record<App, number>>;
  readonly postgres: number;
  readonly redis: number;
  /** Of each node. */
  readonly rabbitmq: number;
}

/** Of events, reads and connections; what a process uses when idle comes with their number. */
export function demandOf(load: Load, cost: Cost): Demand {
  const { online, devices, recipients, companyOnline, peak, coreSpeed } = load;
  const event = measured.event[cost];
  const connections = online * devices;
  const events = (online * load.eventsPerUserHour * peak) / 3_600;
  const reads = (online * load.readsPerUserHour * peak) / 3_600;
  // The first recipient, on one device, is in the cost of an event.
  const more = events * Math.max(0, recipients - 1);
  const targeted = events * recipients * (devices - 1);
  const broadcast = events * companyOnline * devices;
  const compared = connections / assumptions.compareS.value;

  const cores = (...flows: [perSecond: number, cpuMs: { value: number }][]) =>
    flows.reduce((sum, [perSecond, { value }]) => sum + perSecond * value, 0) / 1_000 / coreSpeed;
  const reacting = (app: keyof typeof assumptions.share) => {
    const share = assumptions.share[app].value;
    return cores([events * share, event.reaction], [more * share, measured.recipient.worker]);
  };
  return {
    connections,
    events,
    reads,
    deliveries: events * recipients * devices + broadcast,
    apps: {
      'api-gateway': cores([events, event.api], [reads, measured.read.api]),
      'ws-gateway': cores(
        [events, event.ws],
        [more, measured.recipient.ws],
        [targeted, measured.delivery.targeted],
        [broadcast, measured.delivery.broadcast],
        [connections, measured.connection.cpuMs],
      ),
      'invites-worker': reacting('invites-worker'),
      'members-worker': reacting('members-worker'),
      'notifications-worker': reacting('notifications-worker') + cores([events, event.frames]),
    },
    postgres: cores(
      [events, event.postgres],
      [more, measured.recipient.postgres],
      [reads, measured.read.postgres],
      [compared, measured.accept.postgres],
    ),
    redis: cores([events, event.redis], [more, measured.recipient.redis]),
    rabbitmq: cores([events, event.rabbitmq], [1, measured.idle.rabbitmq]),
  };
}
