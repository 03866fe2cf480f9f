import { join, resolve } from 'node:path';
import { budgetOf, type PoolerLimits, type ProcessPools } from '../kubernetes/connection-budget';
import { render } from '../kubernetes/kustomize';

const PRODUCTION = resolve(__dirname, '../../deploy/kubernetes/overlays/production');

/** What the deployment that we ship allows. */
export interface Deployed {
  /** One for each app, with its largest number of processes. */
  readonly processes: readonly ProcessPools[];
  readonly pooler: PoolerLimits;
  readonly gateway: {
    /** The autoscaler adds gateways beyond. */
    readonly targetConnections: number;
    /** WS_MAX_CONNECTIONS */
    readonly maxConnections: number;
    /** WS_ACCEPTS_PER_SECOND */
    readonly acceptsPerSecond: number;
  };
}

type Autoscaler = { metrics?: { pods?: { target: { averageValue: string } } }[] };

/** Reads deploy/kubernetes/overlays/production; the limits of a gateway are the defaults of its variables, which it does not change. */
export function readDeployed(): Deployed {
  const manifests = render(join(PRODUCTION));
  const budget = budgetOf(manifests);
  const scaler = manifests.find(
    ({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name === 'ws-gateway',
  );
  const target = Number((scaler?.spec as Autoscaler | undefined)?.metrics?.[0]?.pods?.target.averageValue);
  if (!budget || !(target > 0)) throw new Error(`${PRODUCTION}: has no Pooler, or no autoscaler of the ws-gateway`);
  return {
    processes: budget.processes,
    pooler: budget.limits,
    gateway: { targetConnections: target, maxConnections: 15_000, acceptsPerSecond: 500 },
  };
}
