import { z } from 'zod';

const metadata = z.looseObject({ name: z.string(), namespace: z.string().optional() });
const count = z.int().min(1);
const digits = z.string().regex(/^\d+$/);
const resources = z.strictObject({
  requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
  limits: z.strictObject({ memory: z.string() }),
});
const labels = z.strictObject({ matchLabels: z.record(z.string(), z.string()) });

function resource<S extends z.ZodType>(apiVersion: string, kind: string, spec: S) {
  return z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec });
}

/** KEDA asks RabbitMQ's management API: only it knows the rate. */
const RabbitmqTrigger = z.strictObject({
  type: z.literal('rabbitmq'),
  metadata: z.strictObject({
    protocol: z.literal('http'),
    queueName: z.string(),
    mode: z.enum(['QueueLength', 'MessageRate']),
    value: digits,
  }),
  authenticationRef: z.strictObject({ name: z.string() }),
});

const ScaledObject = resource(
  'keda.sh/v1alpha1',
  'ScaledObject',
  z.strictObject({
    scaleTargetRef: z.strictObject({ name: z.string() }),
    minReplicaCount: z.int().min(0),
    maxReplicaCount: count,
    cooldownPeriod: z.int().min(0),
    triggers: z.array(RabbitmqTrigger).min(1),
  }),
);

const TriggerAuthentication = resource(
  'keda.sh/v1alpha1',
  'TriggerAuthentication',
  z.strictObject({
    secretTargetRef: z.array(z.strictObject({ parameter: z.string(), name: z.string(), key: z.string() })).min(1),
  }),
);

const PodMonitor = resource(
  'monitoring.coreos.com/v1',
  'PodMonitor',
  z.strictObject({
    selector: labels,
    jobLabel: z.string().optional(),
    podTargetLabels: z.array(z.string()),
    podMetricsEndpoints: z
      .array(z.strictObject({ port: z.string(), path: z.string(), interval: z.string().regex(/^\d+s$/) }))
      .min(1),
  }),
);

export const PostgresCluster = resource(
  'postgresql.cnpg.io/v1',
  'Cluster',
  z.strictObject({
    instances: count,
    imageName: z.string().regex(/:\d+\.\d+$/),
    primaryUpdateStrategy: z.enum(['unsupervised', 'supervised']),
    minSyncReplicas: z.int(),
    maxSyncReplicas: z.int(),
    postgresql: z.strictObject({ parameters: z.looseObject({ max_connections: digits }) }),
    bootstrap: z.strictObject({ initdb: z.strictObject({ database: z.string(), owner: z.string() }) }),
    storage: z.strictObject({ size: z.string() }),
    resources,
    monitoring: z.strictObject({ enablePodMonitor: z.boolean() }),
  }),
);

export const Pooler = resource(
  'postgresql.cnpg.io/v1',
  'Pooler',
  z.strictObject({
    cluster: z.strictObject({ name: z.string() }),
    instances: count,
    type: z.enum(['rw', 'ro']),
    pgbouncer: z.strictObject({
      poolMode: z.literal('transaction'),
      parameters: z.strictObject({
        max_client_conn: digits,
        default_pool_size: digits,
        query_wait_timeout: digits,
        idle_transaction_timeout: digits,
        ignore_startup_parameters: z.string(),
      }),
    }),
  }),
);

/** Added to the pods of the broker: where `load_definitions` finds them. */
const template = z.strictObject({
  spec: z.strictObject({
    containers: z.tuple([
      z.strictObject({
        name: z.literal('rabbitmq'),
        volumeMounts: z.tuple([
          z.strictObject({
            name: z.literal('definitions'),
            mountPath: z.literal('/etc/convene'),
            readOnly: z.literal(true),
          }),
        ]),
      }),
    ]),
    volumes: z.tuple([
      z.strictObject({
        name: z.literal('definitions'),
        secret: z.strictObject({ secretName: z.literal('convene-rabbitmq-definitions') }),
      }),
    ]),
  }),
});

const RabbitmqCluster = resource(
  'rabbitmq.com/v1beta1',
  'RabbitmqCluster',
  z.strictObject({
    // A quorum needs three.
    replicas: z.int().min(3),
    image: z.string().regex(/:\d+\.\d+\.\d+/),
    persistence: z.strictObject({ storage: z.string() }),
    resources,
    terminationGracePeriodSeconds: count,
    // The apps declare nothing.
    rabbitmq: z.strictObject({
      additionalPlugins: z.array(z.string()),
      additionalConfig: z.string().includes('load_definitions = /etc/convene/definitions.json\n'),
    }),
    override: z.strictObject({ statefulSet: z.strictObject({ spec: z.strictObject({ template }) }) }),
    affinity: z.strictObject({
      podAntiAffinity: z.strictObject({
        requiredDuringSchedulingIgnoredDuringExecution: z.array(
          z.strictObject({ topologyKey: z.string(), labelSelector: labels }),
        ),
      }),
    }),
  }),
);

/** What we use of custom resources, by `apiVersion/kind`. Their operators accept more. */
export const CUSTOM_RESOURCES: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  [ScaledObject, TriggerAuthentication, PodMonitor, PostgresCluster, Pooler, RabbitmqCluster].map((schema) => {
    const { apiVersion, kind } = schema.shape;
    return [`${apiVersion.value}/${kind.value}`, schema];
  }),
);
