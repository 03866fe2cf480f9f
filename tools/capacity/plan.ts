import { connectionBudget } from '../kubernetes/connection-budget';
import { type AudienceMessage, audienceMessage } from './audience';
import { type Bottleneck, bottlenecksOf } from './bottlenecks';
import { type Cost, type Demand, demandOf } from './demand';
import type { Deployed } from './deployed';
import { type Engines, enginesFor } from './engines';
import type { Load } from './load';
import { type Processes, processesFor } from './processes';
import { type Storm, stormsOf } from './storm';

interface Connections {
  /** From all processes, in the middle of a rollout, into one PgBouncer. */
  readonly clients: number;
  /** From all PgBouncers into PostgreSQL. */
  readonly opened: number;
  /** What the deployment would have to raise; empty when all fit. */
  readonly faults: readonly string[];
}

export interface Plan {
  readonly cost: Cost;
  readonly demand: Demand;
  readonly processes: readonly Processes[];
  readonly engines: Engines;
  readonly connections: Connections;
  /** The first one first. */
  readonly bottlenecks: readonly Bottleneck[];
  readonly storms: readonly Storm[];
  readonly audience: AudienceMessage;
}

/** The model: a pure function of what people do, of the measured figures, and of what the deployment allows. */
export function planFor(load: Load, deployed: Deployed, cost: Cost): Plan {
  const demand = demandOf(load, cost);
  const processes = processesFor(load, demand, deployed);
  const pools = deployed.processes.map((pool) => ({
    ...pool,
    replicas: processes.find(({ app }) => app === pool.name)?.count ?? pool.replicas,
  }));
  const connections = connectionBudget(pools, deployed.pooler);
  const engines = enginesFor(load, demand, connections.opened);
  const gateways = processes.find(({ app }) => app === 'ws-gateway') as Processes;
  return {
    cost,
    demand,
    processes,
    engines,
    connections,
    bottlenecks: bottlenecksOf(demand, engines, connections.clients, load.utilisation, deployed),
    storms: stormsOf(load, demand, gateways, engines, deployed),
    audience: audienceMessage(load),
  };
}
