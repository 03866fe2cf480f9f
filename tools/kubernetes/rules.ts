import { EnvError, type EnvShape, parseEnv } from '@convene/config/env';
import { userOf } from '@convene/messaging/topology/definitions';
import { BROKER_USERS } from '@convene/messaging/topology/permissions';
import { QUEUES } from '@convene/messaging/topology/queues';
import { type Container, containersOf, type EnvVariable, type Manifest } from './kustomize';

/** What the code knows, for the names that manifests repeat. */
export interface Code {
  /** The variables of each app, from its env.ts. */
  readonly variables: Readonly<Record<string, EnvShape>>;
  readonly metrics: ReadonlySet<string>;
  /** The queues that each worker consumes. */
  readonly queues: Readonly<Record<string, readonly string[]>>;
  /** A valid value of each secret. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Faults that a schema does not see. Each names the resource and the field. */
export function ruleFaults(manifests: readonly Manifest[], code: Code): string[] {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  const names = new Set(deployments.map(({ metadata }) => metadata.name));
  const missing = Object.keys(code.variables).filter((app) => !names.has(app));
  return [
    ...missing.map((app) => `Deployment ${app}: does not exist`),
    ...deployments.flatMap((deployment) => deploymentFaults(deployment, manifests)),
    ...manifests.flatMap((manifest) => containersOf(manifest).flatMap((one) => containerFaults(manifest, one))),
    ...deployments.flatMap((deployment) => environmentFaults(deployment, code)),
    ...manifests.flatMap((manifest) => scalerFaults(manifest, code)),
  ];
}

interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: unknown[];
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
}
interface Selected {
  readonly selector?: { readonly matchLabels?: Record<string, string> };
}

function deploymentFaults({ metadata: { name }, spec }: Manifest, manifests: readonly Manifest[]): string[] {
  const { template } = spec as { template: { metadata: { labels: Record<string, string> }; spec: PodSpec } };
  const pod = template.spec;
  const budget = manifests.find(({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === name);
  const selector = Object.entries((budget?.spec as Selected | undefined)?.selector?.matchLabels ?? {});
  const covers = selector.length > 0 && selector.every(([label, value]) => template.metadata.labels[label] === value);
  const rules: [boolean, string][] = [
    [covers, 'no PodDisruptionBudget of its name selects its pods'],
    [(pod.topologySpreadConstraints?.length ?? 0) > 0, 'no topologySpreadConstraints'],
    // preStop and the drain of a gateway, which takes up to half a minute.
    [(pod.terminationGracePeriodSeconds ?? 0) >= 45, 'terminationGracePeriodSeconds is below 45'],
    [pod.automountServiceAccountToken === false, 'automountServiceAccountToken is not false'],
    [pod.securityContext?.runAsNonRoot === true, 'runAsNonRoot is not true'],
  ];
  return rules.filter(([holds]) => !holds).map(([, fault]) => `Deployment ${name}: ${fault}`);
}

function containerFaults({ kind, metadata }: Manifest, container: Container): string[] {
  const serving = kind === 'Deployment' ? ['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle'] : [];
  const where = `${kind} ${metadata.name}, container ${container.name}`;
  const security = container.securityContext as { readOnlyRootFilesystem?: boolean } | undefined;
  const ports = ((container.ports ?? []) as { name: string }[]).map(({ name }) => name);
  const probed = serving.map(
    (field) => (container[field] as { httpGet?: { port: string } } | undefined)?.httpGet?.port,
  );
  return [
    ...[...serving, 'resources', 'securityContext']
      .filter((field) => !(field in container))
      .map((field) => `no ${field}`),
    ...(security?.readOnlyRootFilesystem === true ? [] : ['readOnlyRootFilesystem is not true']),
    ...(/:[\w.-]+$/.test(container.image) && !container.image.endsWith(':latest') ? [] : ['the image has no tag']),
    ...probed.flatMap((port) => (port === undefined || ports.includes(port) ? [] : [`no port is called ${port}`])),
  ].map((fault) => `${where}: ${fault}`);
}

/** Added by the manifests, to compose DATABASE_URL and RABBITMQ_URL. */
const HELPERS = ['DATABASE_USER', 'DATABASE_PASSWORD', 'RABBITMQ_PASSWORD'];

/** The process itself judges what it would get, with a valid value in place of each secret. */
function environmentFaults(deployment: Manifest, { variables, secrets }: Code): string[] {
  const { name } = deployment.metadata;
  const shape = variables[name];
  if (!shape) return [`Deployment ${name}: there is no such app`];
  const env = containersOf(deployment)[0]?.env ?? [];
  const unknown = env.filter((one) => !(one.name in shape) && !HELPERS.includes(one.name));
  const foreign = env.filter(
    ({ valueFrom }) => (valueFrom?.secretKeyRef?.name ?? `convene-${name}`) !== `convene-${name}`,
  );
  const values = Object.fromEntries(env.map((one) => [one.name, valueOf(one, env, secrets)]));
  return [
    ...unknown.map((one) => `${one.name}: the app has no such variable`),
    ...foreign.map((one) => `${one.name}: comes from the Secret of another app`),
    ...brokerFaults(name, values['RABBITMQ_URL'] ?? ''),
    ...problemsOf(shape, { ...values, NODE_ENV: 'production' }),
  ].map((fault) => `Deployment ${name}, ${fault}`);
}

/** An app that has a user of the broker logs in as that one, and does not try what its user may not do. */
function brokerFaults(app: string, url: string): string[] {
  if (!BROKER_USERS.includes(app) || !URL.canParse(url)) return [];
  const { username, searchParams } = new URL(url);
  return [
    ...(username === userOf(app)
      ? []
      : [`RABBITMQ_URL: ${username} is not ${userOf(app)}, the broker user of the app`]),
    ...(searchParams.get('declare') === 'off'
      ? []
      : ['RABBITMQ_URL: without declare=off the app declares, which its user may not']),
  ];
}

/** What the process would get, with a valid value in place of each secret. */
export function valueOf({ name, value, valueFrom }: EnvVariable, env: EnvVariable[], secrets: Code['secrets']): string {
  if (valueFrom) return secrets[name] ?? 'secret';
  return (value ?? '').replace(/\$\((\w+)\)/g, (text, other: string) =>
    env.some((one) => one.name === other) ? 'secret' : text,
  );
}

function problemsOf(shape: EnvShape, values: Record<string, string>): readonly string[] {
  try {
    parseEnv(shape, values);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

function scalerFaults({ kind, metadata: { name }, spec }: Manifest, code: Code): string[] {
  if (kind === 'HorizontalPodAutoscaler') {
    const { metrics } = spec as { metrics: { pods?: { metric: { name: string } } }[] };
    const used = metrics.flatMap(({ pods }) => pods?.metric.name ?? []);
    const unknown = used.filter((metric) => !code.metrics.has(metric));
    return unknown.map((metric) => `${kind} ${name}: no process has the metric ${metric}`);
  }
  if (kind !== 'ScaledObject') return [];
  const { minReplicaCount, triggers } = spec as {
    minReplicaCount: number;
    triggers: { metadata: { queueName: string; mode: string } }[];
  };
  const scaled = triggers.map(({ metadata }) => metadata);
  const own = code.queues[name] ?? [];
  const unknown = scaled
    .map(({ queueName }) => queueName)
    .filter((queue) => !(QUEUES as readonly string[]).includes(queue));
  const unscaled = own.filter((queue) =>
    ['QueueLength', 'MessageRate'].some((mode) => !scaled.some((one) => one.queueName === queue && one.mode === mode)),
  );
  const foreign = scaled.filter(({ queueName }) => !own.includes(queueName) && !unknown.includes(queueName));
  return [
    ...unknown.map((queue) => `there is no queue ${queue}`),
    ...foreign.map(({ queueName }) => `the queue ${queueName} belongs to another worker`),
    ...unscaled.map((queue) => `the queue ${queue} lacks a trigger by length or by rate`),
    ...(minReplicaCount < 1 ? ['minReplicaCount is below 1, and timed jobs run in the worker'] : []),
  ].map((fault) => `${kind} ${name}: ${fault}`);
}
