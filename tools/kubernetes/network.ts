import type { EnvShape } from '@convene/config/env';
import { containersOf, type Manifest } from './kustomize';
import { valueOf } from './rules';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values: string[] }[];
}
interface Rule {
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number | string }[];
}
interface Peer {
  readonly podSelector?: unknown;
  readonly namespaceSelector?: unknown;
  readonly ipBlock?: { readonly cidr: string };
}
interface PolicySpec {
  readonly podSelector: Selector;
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'amqp:': 5672, 'amqps:': 5671, 'https:': 443, 'http:': 80 };
/** A collector that speaks OTLP over HTTP, which every process may be told to send its traces to. */
const OTLP_PORT = 4318;

/**
 * Everything is denied unless a policy allows it, and a process whose server is denied waits for it without end. So every port that a
 * Deployment opens must be let in, and the port of every server that its variables name must be let out.
 */
export function networkFaults(
  manifests: readonly Manifest[],
  variables: Readonly<Record<string, EnvShape>>,
  secrets: Readonly<Record<string, string>>,
): string[] {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  return deployments.flatMap((deployment) => {
    const { name } = deployment.metadata;
    const env = containersOf(deployment)[0]?.env ?? [];
    const servers = env
      .filter((one) => /_(URL|ENDPOINT)$/.test(one.name) && one.name !== 'PUBLIC_URL')
      .map((one) => [one.name, portOf(valueOf(one, env, secrets))] as const);
    const traces = 'OTEL_EXPORTER_OTLP_ENDPOINT' in (variables[name] ?? {}) ? [OTLP_PORT] : [];
    return [
      ...servers
        .filter(([, port]) => peersOf(manifests, deployment, port).length === 0)
        .map(([variable, port]) => `${variable}: no NetworkPolicy lets the pods reach port ${port}`),
      ...traces
        .filter((port) => !peersOf(manifests, deployment, port).some(isOutside))
        .map((port) => `no NetworkPolicy lets the pods reach a collector outside the namespace, port ${port}`),
      ...portsOf(deployment)
        .filter((port) => !rulesFor(manifests, deployment, 'ingress').some((rule) => allows(rule, port)))
        .map((port) => `no NetworkPolicy lets anything reach the port ${port}`),
    ].map((fault) => `Deployment ${name}: ${fault}`);
  });
}

/** Whom the pods of a Deployment may reach at a port. */
export function peersOf(manifests: readonly Manifest[], deployment: Manifest, port: number): Peer[] {
  const rules = rulesFor(manifests, deployment, 'egress').filter((rule) => allows(rule, port));
  return rules.flatMap(({ to = [] }) => to);
}

/** A pod selector alone stays in the namespace. */
const isOutside = ({ namespaceSelector, ipBlock }: Peer) => namespaceSelector !== undefined || ipBlock !== undefined;

const allows = ({ ports }: Rule, port: number | string) => ports.some((one) => one.port === port);

function rulesFor(manifests: readonly Manifest[], deployment: Manifest, direction: 'ingress' | 'egress'): Rule[] {
  const { labels } = (deployment.spec as { template: { metadata: { labels: Record<string, string> } } }).template
    .metadata;
  return manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ spec }) => spec as PolicySpec)
    .filter(({ podSelector }) => matches(podSelector, labels))
    .flatMap((spec) => spec[direction] ?? []);
}

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Readonly<Record<string, string>>) {
  return (
    Object.entries(matchLabels).every(([label, value]) => labels[label] === value) &&
    matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? ''))
  );
}

/** Of the first server, where several are named. */
function portOf(value: string): number {
  const url = new URL(value.split(',')[0] ?? '');
  return Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 0);
}

function portsOf(deployment: Manifest): string[] {
  return containersOf(deployment).flatMap(({ ports }) => ((ports ?? []) as { name: string }[]).map(({ name }) => name));
}
