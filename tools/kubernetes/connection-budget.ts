import type { z } from 'zod';
import { Pooler, PostgresCluster } from './custom-resources';
import { containersOf, type Manifest } from './kustomize';

/** Kept by PostgreSQL for superusers (3), and for the operator, replication and a person at 3 a.m. */
const KEPT = 20;

type Deployment = { spec: { strategy: { rollingUpdate: { maxSurge: number | string } } } };

/**
 * Whether all connections fit when everything is at its largest, in the middle of a rollout:
 * - the pools of all processes, with their surge, fit into one PgBouncer (the other one may be the one that is gone);
 * - what all PgBouncers open, per user of the database, and the migration fit into PostgreSQL's max_connections.
 * @returns the faults, each with its sum.
 */
export function budgetFaults(manifests: readonly Manifest[]): string[] {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  const clients = deployments.map((deployment) => {
    const { name } = deployment.metadata;
    const replicas = maxReplicas(manifests, name);
    const { maxSurge } = (deployment as unknown as Deployment).spec.strategy.rollingUpdate;
    const surge = typeof maxSurge === 'number' ? maxSurge : Math.ceil((replicas * parseInt(maxSurge, 10)) / 100);
    return { name, sum: (replicas + surge) * connectionLimit(deployment), text: `(${replicas} + ${surge})` };
  });
  const total = clients.reduce((sum, client) => sum + client.sum, 0);
  const pooler = find(manifests, Pooler);
  const postgres = find(manifests, PostgresCluster);
  if (!pooler || !postgres) return ['There is no Pooler or no Cluster of PostgreSQL'];
  const { instances, pgbouncer } = pooler.spec;
  const accepted = Number(pgbouncer.parameters.max_client_conn);
  const users = new Set(deployments.map(databaseUser)).size;
  const opened = instances * users * Number(pgbouncer.parameters.default_pool_size) + KEPT;
  const limit = Number(postgres.spec.postgresql.parameters.max_connections);
  const list = clients.map(({ name, sum, text }) => `${name} ${text} → ${sum}`).join(', ');
  return [
    ...(total > accepted ? [`The processes open ${total} connections (${list}), max_client_conn is ${accepted}`] : []),
    ...(opened > limit
      ? [
          `PgBouncer opens ${opened} connections (${instances} × ${users} users, ${KEPT} kept), max_connections is ${limit}`,
        ]
      : []),
  ];
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
  return Number(limit);
}

function databaseUser(deployment: Manifest): string {
  const user = containersOf(deployment)[0]?.env?.find(({ name }) => name === 'DATABASE_USER');
  return JSON.stringify(user?.valueFrom);
}

function find<T extends z.ZodType>(manifests: readonly Manifest[], schema: T): z.infer<T> | undefined {
  const found = manifests.map((manifest) => schema.safeParse(manifest)).find(({ success }) => success);
  return found?.data;
}
