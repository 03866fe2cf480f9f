import type { Demand } from './demand';
import type { Deployed } from './deployed';
import type { Engines } from './engines';
import type { Load } from './load';
import { measured } from './measured';
import { leftOf, type Processes } from './processes';

export interface Storm {
  readonly lost: 'a gateway' | 'a zone';
  readonly clients: number;
  /** By the gateways that are left. */
  readonly acceptsPerSecond: number;
  readonly limitedBy: 'WS_ACCEPTS_PER_SECOND' | 'CPU of the gateways' | 'PostgreSQL' | 'Redis';
  /** From the loss until the last client is back. */
  readonly seconds: number;
}

/** What is left of the cores beside the usual work accepts those who return: the slowest of gateways, PostgreSQL and Redis sets the pace. */
export function stormsOf(
  load: Load,
  demand: Demand,
  gateways: Processes,
  engines: Engines,
  deployed: Deployed,
): Storm[] {
  const storm = (lost: Storm['lost'], left: number): Storm => {
    const clients = (demand.connections * (gateways.count - left)) / gateways.count;
    const perCore = (figure: { value: number }) => (1_000 / figure.value) * load.coreSpeed;
    // The frames of those who are connected: all of them at worst, once they are back.
    const free = Math.max(0, 1 - demand.apps['ws-gateway'] / left);
    const rates = {
      WS_ACCEPTS_PER_SECOND: left * deployed.gateway.acceptsPerSecond,
      'CPU of the gateways': left * free * perCore(measured.accept.ws),
      PostgreSQL: (engines.postgres.cores - demand.postgres) * perCore(measured.accept.postgres),
      Redis: (engines.redis.masters - demand.redis) * perCore(measured.accept.redis),
    };
    const [limitedBy, acceptsPerSecond] = (Object.entries(rates) as [Storm['limitedBy'], number][]).reduce(
      (slowest, each) => (each[1] < slowest[1] ? each : slowest),
    );
    return {
      lost,
      clients,
      acceptsPerSecond,
      limitedBy,
      seconds: clients === 0 ? 0 : clients / acceptsPerSecond + measured.accept.retryS.value,
    };
  };
  return [storm('a gateway', gateways.count - 1), storm('a zone', leftOf(load.zones, gateways.count))];
}
