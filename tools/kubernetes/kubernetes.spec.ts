import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { EnvShape } from '@convene/config/env';
import { queuesOf } from '@convene/messaging/topology/queues';
import { findProgram } from '@convene/testing/find-program';
import { tempDir } from '@convene/testing/temp-dir';
import { apps } from '../dev/apps';
import { keysIn } from '../dev/keys';
import { alertRules } from '../monitoring/alert-rules';
import { declaredMetrics } from '../monitoring/declared-metrics';
import { jobsIn } from '../monitoring/expression';
import { budgetFaults } from './connection-budget';
import { type Container, containersOf, type Manifest, render } from './kustomize';
import { monitorFaults, type Scraped } from './monitors';
import { networkFaults, peersOf } from './network';
import { type Code, ruleFaults } from './rules';
import { schemaFaults } from './schema';

const ROOT = resolve(__dirname, '../..');
const OVERLAYS = join(ROOT, 'deploy/kubernetes/overlays');
const overlays = readdirSync(OVERLAYS);

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('node_modules'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));
}

function readCode(): Code {
  const shapeOf = (app: string) =>
    jest.requireActual<{ envShape: EnvShape }>(join(ROOT, 'apps', app, 'src/env.ts')).envShape;
  const all = ['apps', 'libs'].flatMap(sources).join('\n');
  return {
    variables: Object.fromEntries(apps.map(({ name }) => [name, shapeOf(name)])),
    metrics: new Set([...all.matchAll(/name: '([a-z_]+)',\s+help:/g)].map(([, name]) => name!)),
    queues: Object.fromEntries(apps.map(({ name }) => [name, queuesOf(name)])),
    secrets: {
      ...keysIn(tempDir('keys')),
      // That of the ws-gateway, which does not connect; the others compose theirs.
      RABBITMQ_URL: 'amqp://user:secret@rabbitmq:5672',
      REDIS_URL: 'redis://a:6379,redis://b:6379',
      SMTP_URL: 'smtps://user:secret@mail.example:465',
    },
  };
}

/** Older ones than 5 render differently. */
function hasKustomize(): boolean {
  if (!findProgram('kubectl')) return false;
  return /Kustomize Version: v([5-9]|\d\d)/.test(
    execFileSync('kubectl', ['version', '--client'], { encoding: 'utf8' }),
  );
}

const code = readCode();
const scraped: Scraped = {
  jobs: new Set([...alertRules().values()].flat().flatMap(({ expr }) => jobsIn(expr))),
  labels: new Set([...declaredMetrics().values()].flatMap(({ labels }) => labels)),
};
const judge = (manifests: Manifest[]) => [
  ...ruleFaults(manifests, code),
  ...monitorFaults(manifests, scraped),
  ...networkFaults(manifests, code.variables, code.secrets),
  ...budgetFaults(manifests),
];

it.each(overlays)(
  'the overlay %s fits the schemas of Kubernetes and the code',
  (overlay) => {
    const manifests = render(join(OVERLAYS, overlay));
    expect(schemaFaults(manifests)).toEqual([]);
    expect(ruleFaults(manifests, code)).toEqual([]);
    expect(monitorFaults(manifests, scraped)).toEqual([]);
    expect(networkFaults(manifests, code.variables, code.secrets)).toEqual([]);
  },
  60_000,
);

it('all connections of production fit, at the largest scale and in the middle of a rollout', () => {
  expect(budgetFaults(render(join(OVERLAYS, 'production')))).toEqual([]);
});

it('production may reach servers that are not in the cluster: PostgreSQL, RabbitMQ, Redis, a collector of traces', () => {
  const manifests = render(join(OVERLAYS, 'production'));
  for (const deployment of manifests.filter(({ kind }) => kind === 'Deployment')) {
    for (const port of [5432, 5671, 5672, 6379, 4318]) {
      const outside = peersOf(manifests, deployment, port).filter(({ ipBlock }) => ipBlock);
      expect([deployment.metadata.name, port, outside.length]).toEqual([deployment.metadata.name, port, 1]);
    }
  }
});

(hasKustomize() ? it.each(overlays) : it.skip.each(overlays))(
  'the overlay %s is rendered as kubectl renders it',
  (overlay) => {
    const folder = join(OVERLAYS, overlay);
    const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
    const byName = (manifests: Manifest[]) =>
      Object.fromEntries(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]));
    const theirs = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
    expect(byName(render(folder))).toEqual(byName(theirs));
  },
);

describe('a planted fault is found, and named:', () => {
  const production = render(join(OVERLAYS, 'production'));
  type Change = (manifest: Manifest, container: Container) => void;
  const set =
    (path: string, value: unknown): Change =>
    (manifest) => {
      const keys = path.split('.');
      const last = keys.pop()!;
      const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, manifest);
      parent[last] = value;
    };
  const faultsWith = (kind: string, name: string, change: Change, faultsOf = judge) => {
    const manifests = structuredClone(production);
    const manifest = manifests.find((one) => one.kind === kind && one.metadata.name === name)!;
    change(manifest, containersOf(manifest)[0]!);
    return faultsOf(manifests).join('\n');
  };

  it('a misspelt key deep in a resource of Kubernetes', () => {
    const faults = faultsWith(
      'Deployment',
      'ws-gateway',
      (_, container) => {
        container.livenessProbe = { httpGet: { path: '/health/live', port: 'internal' }, failureTreshold: 3 };
      },
      schemaFaults,
    );
    expect(faults).toMatch(/Deployment ws-gateway: .*failureTreshold/);
  });

  it('a misspelt key of a custom resource', () => {
    const faults = faultsWith('ScaledObject', 'members-worker', set('spec.minReplicasCount', 2), schemaFaults);
    expect(faults).toMatch(/ScaledObject members-worker: [^]*minReplicasCount/);
  });

  it('a missing probe', () => {
    const faults = faultsWith('Deployment', 'invites-worker', (_, container) => delete container.readinessProbe);
    expect(faults).toContain('Deployment invites-worker, container invites-worker: no readinessProbe');
  });

  it('a queue that does not exist, or belongs to another worker', () => {
    const withQueue = (queue: string) =>
      faultsWith('ScaledObject', 'members-worker', set('spec.triggers.0.metadata.queueName', queue));
    expect(withQueue('events.member')).toContain('ScaledObject members-worker: there is no queue events.member');
    expect(withQueue('events')).toContain('ScaledObject members-worker: the queue events belongs to another worker');
    expect(withQueue('events')).toContain('the queue events.members lacks a trigger by length or by rate');
  });

  it('a worker that may scale to zero', () => {
    const faults = faultsWith('ScaledObject', 'notifications-worker', set('spec.minReplicaCount', 0));
    expect(faults).toContain('ScaledObject notifications-worker: minReplicaCount is below 1');
  });

  it('a metric that no process has', () => {
    const faults = faultsWith(
      'HorizontalPodAutoscaler',
      'ws-gateway',
      set('spec.metrics.0.pods.metric.name', 'ws_connections'),
    );
    expect(faults).toContain('HorizontalPodAutoscaler ws-gateway: no process has the metric ws_connections');
  });

  it('a variable that the app does not have, lacks, or cannot read', () => {
    const faults = faultsWith('Deployment', 'ws-gateway', (_, { env }) => {
      env!.push({ name: 'WS_MAX_CONNECTION', value: '10' });
      env!.find(({ name }) => name === 'WS_PORT')!.value = 'http';
      env!.splice(
        env!.findIndex(({ name }) => name === 'REDIS_URL'),
        1,
      );
    });
    expect(faults).toContain('Deployment ws-gateway, WS_MAX_CONNECTION: the app has no such variable');
    expect(faults).toContain('Deployment ws-gateway, WS_PORT: expected a port number');
    expect(faults).toContain('Deployment ws-gateway, REDIS_URL: is not set');
  });

  it('a Secret of another app', () => {
    const faults = faultsWith('Deployment', 'members-worker', (_, { env }) => {
      env!.push({ name: 'LOG_LEVEL', valueFrom: { secretKeyRef: { name: 'convene-api-gateway', key: 'x' } } });
    });
    expect(faults).toContain('Deployment members-worker, LOG_LEVEL: comes from the Secret of another app');
  });

  it('a broker user of another app, one user for all, and an app that would declare', () => {
    const withUrl = (value: string) =>
      faultsWith('Deployment', 'members-worker', (_, { env }) => {
        env!.find(({ name }) => name === 'RABBITMQ_URL')!.value = value;
      });
    const where = 'Deployment members-worker, RABBITMQ_URL: ';
    for (const user of ['convene-api-gateway', 'guest']) {
      expect(withUrl(`amqp://${user}:$(RABBITMQ_PASSWORD)@rabbitmq:5672?declare=off`)).toContain(
        `${where}${user} is not convene-members-worker, the broker user of the app`,
      );
    }
    expect(withUrl('amqp://convene-members-worker:$(RABBITMQ_PASSWORD)@rabbitmq:5672')).toContain(
      `${where}without declare=off`,
    );
    const faults = faultsWith('Deployment', 'members-worker', (_, { env }) => {
      env!.find(({ name }) => name === 'RABBITMQ_PASSWORD')!.valueFrom!.secretKeyRef!.name = 'convene-api-gateway';
    });
    expect(faults).toContain('RABBITMQ_PASSWORD: comes from the Secret of another app');
  });

  it('a broker that does not load its definitions, or cannot find them', () => {
    const config = set('spec.rabbitmq.additionalConfig', 'cluster_partition_handling = pause_minority\n');
    expect(faultsWith('RabbitmqCluster', 'rabbitmq', config, schemaFaults)).toContain('load_definitions');
    const mounts = set('spec.override.statefulSet.spec.template.spec.volumes', []);
    expect(faultsWith('RabbitmqCluster', 'rabbitmq', mounts, schemaFaults)).toContain('volumes');
  });

  it('a monitor that gives its targets another job than alerts ask for', () => {
    const faults = faultsWith('PodMonitor', 'convene', set('spec.jobLabel', undefined));
    expect(faults).toContain('Deployment ws-gateway: is scraped as the job "convene/convene", which no alert asks for');
    expect(faults).toContain('PodMonitor: no target has the job "ws-gateway", which an alert asks for');
  });

  it('a monitor that misses pods, a port, or hides the label of a metric', () => {
    const labels = { 'app.kubernetes.io/name': 'ws-gateway' };
    expect(faultsWith('PodMonitor', 'convene', set('spec.selector.matchLabels', labels))).toContain(
      'Deployment api-gateway: 0 PodMonitors select its pods, not one',
    );
    expect(faultsWith('PodMonitor', 'convene', set('spec.podMetricsEndpoints.0.port', 'http'))).toContain(
      'Deployment members-worker: has no port http, which PodMonitor convene scrapes',
    );
    expect(faultsWith('PodMonitor', 'convene', set('spec.podTargetLabels', ['queue']))).toContain(
      'PodMonitor convene: its label queue hides that of a metric',
    );
  });

  it('a server or a port that no policy opens', () => {
    const without = production.filter(({ metadata }) => !metadata.name.startsWith('servers'));
    const faults = networkFaults(without, code.variables, code.secrets);
    expect(faults).toContain('Deployment ws-gateway: REDIS_URL: no NetworkPolicy lets the pods reach port 6379');
    expect(faults.join()).toContain('Deployment ws-gateway: no NetworkPolicy lets the pods reach a collector');
    const smtp = faultsWith('NetworkPolicy', 'foreign-hosts', set('spec.egress', []));
    expect(smtp).toContain('Deployment invites-worker: SMTP_URL: no NetworkPolicy lets the pods reach port 465');
    expect(faultsWith('NetworkPolicy', 'operators', set('spec.ingress', []))).toContain(
      'Deployment api-gateway: no NetworkPolicy lets anything reach the port ops',
    );
  });

  it('an operator API whose pool is not in the budget', () => {
    const withReplicas = set('spec.maxReplicas', 60);
    expect(faultsWith('HorizontalPodAutoscaler', 'api-gateway', withReplicas)).toContain('api-gateway (60 + 1) → 793');
  });

  it('a surge that exceeds the connection budget', () => {
    const faults = faultsWith('Deployment', 'api-gateway', set('spec.strategy.rollingUpdate.maxSurge', '300%'));
    expect(faults).toMatch(
      /The processes open \d+ connections \(api-gateway \(10 \+ 30\) → 520.*max_client_conn is 800/,
    );
  });

  it('a pool that exceeds max_connections', () => {
    const faults = faultsWith('Pooler', 'postgres-pooler', set('spec.instances', 3));
    expect(faults).toMatch(/PgBouncer opens \d+ connections \(3 × \d users, 20 kept\), max_connections is 300/);
  });
});

describe('the renderer refuses', () => {
  const renderWith = (lines: string) => {
    const folder = tempDir('kustomize');
    const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n';
    writeFileSync(join(folder, 'kustomization.yaml'), head + lines);
    writeFileSync(
      join(folder, 'a.yaml'),
      'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { type: ClusterIP }\n',
    );
    return () => render(folder);
  };

  it('fields of kustomize that it does not know', () => {
    expect(renderWith('namePrefix: x-\n')).toThrow(/namePrefix/);
  });

  it('patches that meet nothing', () => {
    const patch = (target: string, path: string) =>
      renderWith(`patches: [{ target: ${target}, patch: '[{ op: replace, path: ${path}, value: x }]' }]\n`);
    expect(patch('{ kind: Deployment }', '/spec/type')).toThrow(/no resource is a Deployment/);
    expect(patch('{ kind: Service }', '/spec/typo')).toThrow('Service a has no /spec/typo');
    expect(patch('{ kind: Service }', '/spec/type')).not.toThrow();
  });

  it('images that no container has', () => {
    expect(renderWith('images: [{ name: b, newTag: x }]\n')).toThrow(/no container has the image b/);
  });
});
