import type { z } from 'zod';
import { OPERATIONS_CONNECTIONS } from '@convene/operations/operations-options';
import { Pooler, PostgresCluster } from './custom-resources';
import { containersOf, type Manifest } from './kustomize';

/** Kept by PostgreSQL for superusers (3), and for the operator, replication and a person at 3 a.m. */
const KEPT = 20;
const NO_SERVERS = 'There is no Pooler or no Cluster of PostgreSQL';

type Deployment = { spec: { strategy: { rollingUpdate: { maxSurge: number | string } } } };

/** The connections of one kind of process to PgBouncer. */
export interface ProcessPools {
  readonly name: string;
  readonly replicas: number;
  /** Processes that a rollout starts before it stops others: a number, or a share such as 25%. */
  readonly maxSurge: number | string;
  /** Of one process: its `connection_limit`, and the pool of the operator API where it serves that. */
  readonly limit: number;
}

/** What stands between the processes and PostgreSQL. */
export interface PoolerLimits {
  readonly instances: number;
  /** Users of the database: each has a pool of its own. */
  readonly users: number;
  readonly maxClientConn: number;
  readonly defaultPoolSize: number;
  readonly maxConnections: number;
}

export interface Budget {
  /** From the processes, into one PgBouncer. */
  readonly clients: number;
  /** From all PgBouncers, into PostgreSQL. */
  readonly opened: number;
  /** Each with its sum. */
  readonly faults: readonly string[];
}

/**
 * Whether all connections fit when everything is at its largest, in the middle of a rollout:
 * - the pools of all processes, with their surge, fit into one PgBouncer (the other one may be the one that is gone);
 * - what all PgBouncers open, per user of the database, and the migration fit into PostgreSQL's max_connections.
 */
export function connectionBudget(processes: readonly ProcessPools[], limits: PoolerLimits): Budget {
  const pools = processes.map(({ name, replicas, maxSurge, limit }) => {
    const surge = typeof maxSurge === 'number' ? maxSurge : Math.ceil((replicas * parseInt(maxSurge, 10)) / 100);
    return { name, sum: (replicas + surge) * limit, text: `(${replicas} + ${surge})` };
  });
  const clients = pools.reduce((sum, pool) => sum + pool.sum, 0);
  const { instances, users, maxClientConn, defaultPoolSize, maxConnections } = limits;
  const opened = instances * users * defaultPoolSize + KEPT;
  const list = pools.map(({ name, sum, text }) => `${name} ${text} → ${sum}`).join(', ');
  const faults = [
    ...(clients > maxClientConn
      ? [`The processes open ${clients} connections (${list}), max_client_conn is ${maxClientConn}`]
      : []),
    ...(opened > maxConnections
      ? [
          `PgBouncer opens ${opened} connections (${instances} × ${users} users, ${KEPT} kept), max_connections is ${maxConnections}`,
        ]
      : []),
  ];
  return { clients, opened, faults };
}

/** @returns the faults of the manifests of one overlay. */
export function budgetFaults(manifests: readonly Manifest[]): readonly string[] {
  const budget = budgetOf(manifests);
  return budget ? connectionBudget(budget.processes, budget.limits).faults : [NO_SERVERS];
}

/** What the manifests state. @returns undefined without a Pooler or a Cluster of PostgreSQL. */
export function budgetOf(
  manifests: readonly Manifest[],
): { processes: ProcessPools[]; limits: PoolerLimits } | undefined {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  const processes = deployments.map((deployment) => ({
    name: deployment.metadata.name,
    replicas: maxReplicas(manifests, deployment.metadata.name),
    maxSurge: (deployment as unknown as Deployment).spec.strategy.rollingUpdate.maxSurge,
    limit: connectionLimit(deployment),
  }));
  const pooler = find(manifests, Pooler);
  const postgres = find(manifests, PostgresCluster);
  if (!pooler || !postgres) return undefined;
  const { instances, pgbouncer } = pooler.spec;
  const limits = {
    instances,
    users: new Set(deployments.map(databaseUser)).size,
    maxClientConn: Number(pgbouncer.parameters.max_client_conn),
    defaultPoolSize: Number(pgbouncer.parameters.default_pool_size),
    maxConnections: Number(postgres.spec.postgresql.parameters.max_connections),
  };
  return { processes, limits };
}

/** Of the autoscaler of a Deployment. @throws Error without one. */
function maxReplicas(manifests: readonly Manifest[], deployment: string): number {
  const scaler = manifests.find(
    ({ kind, spec }) =>
      (kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject') &&
      (spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name === deployment,
  );
  if (!scaler) throw new Error(`Deployment ${deployment}: has no HorizontalPodAutoscaler or ScaledObject`);
  const spec = scaler.spec as { maxReplicas?: number; maxReplicaCount?: number };
  return spec.maxReplicas ?? spec.maxReplicaCount ?? 1;
}

/** Stated in DATABASE_URL: the default would be counted by nobody. */
function connectionLimit(deployment: Manifest): number {
  const url = containersOf(deployment)[0]?.env?.find(({ name }) => name === 'DATABASE_URL')?.value;
  const limit = /[?&]connection_limit=(\d+)/.exec(url ?? '')?.[1];
  if (limit === undefined)
    throw new Error(`Deployment ${deployment.metadata.name}: DATABASE_URL states no connection_limit`);
  const servesOperators = containersOf(deployment)[0]?.env?.some(({ name }) => name === 'OPS_SECRET') ?? false;
  return Number(limit) + (servesOperators ? OPERATIONS_CONNECTIONS : 0);
}

function databaseUser(deployment: Manifest): string {
  const user = containersOf(deployment)[0]?.env?.find(({ name }) => name === 'DATABASE_USER');
  return JSON.stringify(user?.valueFrom);
}

function find<T extends z.ZodType>(manifests: readonly Manifest[], schema: T): z.infer<T> | undefined {
  const found = manifests.map((manifest) => schema.safeParse(manifest)).find(({ success }) => success);
  return found?.data;
}
