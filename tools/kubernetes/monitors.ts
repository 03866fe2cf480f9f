import { containersOf, type Manifest } from './kustomize';

/** What alerts and dashboards expect of the targets that Prometheus scrapes. */
export interface Scraped {
  /** The values of `job` that alerts ask for. */
  readonly jobs: ReadonlySet<string>;
  /** The labels that the processes give to their own metrics. */
  readonly labels: ReadonlySet<string>;
}

interface MonitorSpec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly jobLabel?: string;
  readonly podTargetLabels: readonly string[];
  readonly podMetricsEndpoints: readonly { readonly port: string }[];
}

/** The operator gives these to every target of a PodMonitor. */
const TARGET_LABELS = ['namespace', 'container', 'pod', 'endpoint', 'job', 'instance'];

/**
 * Each Deployment is scraped once, at a port that it has, as the job that the alerts ask for: an alert on a job that no
 * target has fires for ever. No label of a target hides a label of a metric (Prometheus would rename it to `exported_…`).
 */
export function monitorFaults(manifests: readonly Manifest[], { jobs, labels }: Scraped): string[] {
  const monitors = manifests.filter(({ kind }) => kind === 'PodMonitor');
  const targets = manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map((deployment) => ({ deployment, scrapedBy: monitors.filter((monitor) => selects(monitor, deployment)) }));
  const unlike = targets.flatMap(({ deployment, scrapedBy }) => {
    const { name } = deployment.metadata;
    if (scrapedBy.length !== 1) return `Deployment ${name}: ${scrapedBy.length} PodMonitors select its pods, not one`;
    const [monitor] = scrapedBy as [Manifest];
    const job = jobOf(monitor, deployment);
    return [
      ...(jobs.has(job) ? [] : [`Deployment ${name}: is scraped as the job "${job}", which no alert asks for`]),
      ...portsOf(monitor)
        .filter((port) => !namedPorts(deployment).includes(port))
        .map((port) => `Deployment ${name}: has no port ${port}, which PodMonitor ${monitor.metadata.name} scrapes`),
    ];
  });
  const given = new Set(targets.flatMap(({ deployment, scrapedBy }) => scrapedBy.map((one) => jobOf(one, deployment))));
  const absent = [...jobs].filter((job) => !given.has(job));
  return [
    ...unlike,
    ...absent.map((job) => `PodMonitor: no target has the job "${job}", which an alert asks for`),
    ...monitors.flatMap((monitor) => hiddenLabels(monitor, labels)),
  ];
}

const specOf = ({ spec }: Manifest) => spec as MonitorSpec;
const portsOf = (monitor: Manifest) => specOf(monitor).podMetricsEndpoints.map(({ port }) => port);
const namedPorts = (deployment: Manifest) =>
  containersOf(deployment).flatMap(({ ports }) => ((ports ?? []) as { name: string }[]).map(({ name }) => name));

function podLabels({ spec }: Manifest): Readonly<Record<string, string>> {
  return (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels;
}

function selects(monitor: Manifest, deployment: Manifest): boolean {
  const labels = podLabels(deployment);
  return Object.entries(specOf(monitor).selector.matchLabels).every(([label, value]) => labels[label] === value);
}

/** As the operator computes it: the value of `jobLabel`, else namespace and name of the monitor. */
function jobOf(monitor: Manifest, deployment: Manifest): string {
  const { jobLabel = '' } = specOf(monitor);
  return podLabels(deployment)[jobLabel] ?? `${monitor.metadata.namespace ?? 'default'}/${monitor.metadata.name}`;
}

function hiddenLabels(monitor: Manifest, labels: ReadonlySet<string>): string[] {
  const fromPods = specOf(monitor).podTargetLabels.map((label) => label.replaceAll(/[^a-zA-Z0-9_]/g, '_'));
  const hidden = [...TARGET_LABELS, ...fromPods].filter((label) => labels.has(label));
  return hidden.map((label) => `PodMonitor ${monitor.metadata.name}: its label ${label} hides that of a metric`);
}
