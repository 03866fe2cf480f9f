import type { Demand } from './demand';
import type { Deployed } from './deployed';
import type { Engines } from './engines';
import { assumptions, measured } from './measured';

/** What more processes do not widen. */
export interface Bottleneck {
  readonly of: string;
  readonly unit: string;
  /** At the peak. */
  readonly used: number;
  readonly limit: number;
  /** So many times this load reaches it. */
  readonly headroom: number;
  readonly limitIs: 'measured' | 'assumed' | 'deployed';
  readonly remedy: string;
}

/** @returns the first one first. */
export function bottlenecksOf(
  demand: Demand,
  engines: Engines,
  clients: number,
  utilisation: number,
  deployed: Deployed,
): Bottleneck[] {
  const { limit } = assumptions;
  const shares = Object.values(assumptions.share).map(({ value }) => value);
  const all: Omit<Bottleneck, 'headroom'>[] = [
    {
      of: 'CPU of the PostgreSQL primary',
      unit: 'cores',
      used: demand.postgres,
      limit: limit.postgresCores.value * utilisation,
      limitIs: 'assumed',
      remedy: 'reads to a replica, a longer WS_COMPARE_INTERVAL_MS; then companies spread over several databases',
    },
    {
      of: 'WAL of the PostgreSQL primary',
      unit: 'MB / s',
      used: engines.postgres.walMbPerSecond,
      limit: limit.walMbS.value,
      limitIs: 'assumed',
      remedy: 'longer checkpoints, wal_compression; then several databases',
    },
    {
      of: 'the busiest queue of RabbitMQ',
      unit: 'messages / s',
      // Every event passes the queue of frames; the queue of a worker holds its share.
      used: demand.events * Math.max(1, ...shares),
      limit: measured.queue.value * utilisation,
      limitIs: 'measured',
      remedy: 'a second queue for a part of the events',
    },
    {
      of: 'CPU of a RabbitMQ node',
      unit: 'cores',
      used: demand.rabbitmq,
      limit: limit.rabbitmqCores.value * utilisation,
      limitIs: 'assumed',
      remedy: 'more nodes, so that each leads fewer queues',
    },
    {
      of: 'connections to one PgBouncer',
      unit: 'connections',
      used: clients,
      limit: limit.poolerClients.value,
      limitIs: 'assumed',
      remedy: 'a PgBouncer for each kind of process, or smaller pools of the gateways',
    },
    {
      of: 'connections to one PgBouncer, as deployed',
      unit: 'connections',
      used: clients,
      limit: deployed.pooler.maxClientConn,
      limitIs: 'deployed',
      remedy: 'max_client_conn in deploy/kubernetes/overlays/production/postgres.yaml',
    },
    {
      of: 'Redis masters',
      unit: 'masters',
      used: demand.redis / utilisation,
      limit: limit.redisMasters.value,
      limitIs: 'assumed',
      remedy: 'a second cluster for rate limits and presence',
    },
  ];
  return all
    .map((each) => ({ ...each, headroom: each.used === 0 ? Infinity : each.limit / each.used }))
    .sort((a, b) => a.headroom - b.headroom);
}
