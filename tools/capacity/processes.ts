import type { Demand } from './demand';
import type { Deployed } from './deployed';
import type { Load } from './load';
import { type App, APPS, assumptions, measured } from './measured';

export interface Processes {
  readonly app: App;
  readonly count: number;
  /** Of the largest scale that the deployment allows. */
  readonly deployedMost: number;
  /** Share of a core that each uses at the peak. */
  readonly utilisation: number;
  /** The same after the loss of a zone, or with one zone of a process. */
  readonly afterFailure: number;
  /** Of each process, resident. */
  readonly memoryMb: number;
  readonly connections: number;
  readonly reason: 'CPU' | 'connections' | 'one for each zone';
}

/**
 * How many processes of each app, none of which uses more than a core.
 *
 * Example: the peak keeps 3.0 cores busy and the target is 60 %: five processes do. Of three zones one may fail, and the rest may use 85 %:
 * four must be left. Two for each zone satisfy both, so six run.
 */
export function processesFor(load: Load, demand: Demand, deployed: Deployed): Processes[] {
  return APPS.map((app) => {
    const idle = measured.idle.cpuMs[app].value / 1_000 / load.coreSpeed;
    const cores = demand.apps[app];
    const forCpu = (share: number) => Math.ceil(round(cores / (share - idle)));
    const { targetConnections, maxConnections } = deployed.gateway;
    const held = app === 'ws-gateway' ? demand.connections : 0;
    const cpu = withReserve(load.zones, forCpu(load.utilisation), forCpu(assumptions.afterFailure.value));
    const sockets = withReserve(load.zones, Math.ceil(held / targetConnections), Math.ceil(held / maxConnections));
    const least = withReserve(load.zones, 1, 1);
    const count = Math.max(cpu, sockets);
    const remaining = leftOf(load.zones, count);
    const connections = held / count;
    return {
      app,
      count,
      deployedMost: deployed.processes.find(({ name }) => name === app)?.replicas ?? 0,
      utilisation: cores / count + idle,
      afterFailure: cores / remaining + idle,
      memoryMb: measured.idle.residentMb[app].value + ((held / remaining) * measured.connection.memoryKb.value) / 1_024,
      connections,
      reason: count === least ? 'one for each zone' : sockets > cpu ? 'connections' : 'CPU',
    };
  });
}

/** Enough when all run, and enough when a zone has failed. Zones have equally many. */
function withReserve(zones: number, whenAllRun: number, afterFailure: number): number {
  if (zones === 1) return Math.max(whenAllRun, afterFailure + 1, 2);
  return zones * Math.max(1, Math.ceil(whenAllRun / zones), Math.ceil(afterFailure / (zones - 1)));
}

/** After the failure of a zone; of the only zone, of a process. */
export function leftOf(zones: number, count: number): number {
  return zones === 1 ? count - 1 : (count / zones) * (zones - 1);
}

/** 5.000000000000001 processes are five. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
