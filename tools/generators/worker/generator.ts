import { join } from 'node:path';
import { formatFiles, generateFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { CATALOGUE } from '@convene/contracts/catalogue';
import { roleOf } from '@convene/testing/role-url';
import { portsIn } from '../../dev/apps';
import { edit } from '../edit';
import { addEvent, updateGolden } from '../event/generator';
import { snake } from '../names';

interface WorkerSchema {
  name: string;
  event?: string;
}

const TOPOLOGY = 'libs/messaging/src/topology/queues.ts';
const GRANTS = 'prisma/grants.sql';
const COMPOSE = 'docker-compose.yml';
const MANIFESTS = 'deploy/kubernetes';

/** `nx g ./tools/generators:worker payments` */
export async function generateWorker(
  tree: Tree,
  { name, event = 'created' }: WorkerSchema,
): Promise<GeneratorCallback> {
  const app = `${name}-worker`;
  const family = snake(name);
  const queue = `events.${name}`;
  if (tree.exists(`apps/${app}`)) throw new Error(`apps/${app} exists`);
  if (CATALOGUE.some((known) => known.family === family)) {
    throw new Error(`The family ${family} has a worker already; a reaction of it belongs there`);
  }

  const port = nextPort(tree);
  generateFiles(tree, join(__dirname, 'files'), `apps/${app}`, { app, port });
  edit(tree, TOPOLOGY, (text) =>
    text
      .replace('\n} as const;', `\n  '${queue}': '${app}',$&`)
      .replace(/(OWNERS[^{]*\{)/, `$1\n  ${family}: '${queue}',`),
  );
  edit(tree, GRANTS, (text) => text.replace(/(?= {4}'convene_ops')/, `    '${roleOf(app)}',\n`));
  edit(tree, COMPOSE, (text) => text.replace(/(?=\n {2}# Run once, before the apps\.)/, service(app)));
  addManifest(tree, app, queue);
  addEvent(tree, app, { type: `${family}.${event}`, notifies: true });

  await formatFiles(tree);
  return () => updateGolden(tree.root);
}

/** Each app's internal port has a default of its own, so that all of them run on one machine. */
function nextPort(tree: Tree): number {
  const envs = tree.children('apps').map((app) => tree.read(`apps/${app}/src/env.ts`, 'utf8') ?? '');
  return Math.max(...envs.map((env) => portsIn(env)?.internalPort ?? 0)) + 1;
}

const service = (app: string) => `
  ${app}:
    <<: *app
    build: { <<: *build, args: { APP: ${app}, NPM_CONFIG_REGISTRY: } }
`;

/** As of the members-worker, which needs nothing but the servers that every worker has, and has one queue. */
function addManifest(tree: Tree, app: string, queue: string): void {
  const as = (text: string) => text.replaceAll('members-worker', app).replaceAll('events.members', queue);
  tree.write(`${MANIFESTS}/base/${app}.yaml`, as(tree.read(`${MANIFESTS}/base/members-worker.yaml`, 'utf8') ?? ''));
  for (const folder of ['base', ...tree.children(`${MANIFESTS}/overlays`).map((overlay) => `overlays/${overlay}`)]) {
    edit(tree, `${MANIFESTS}/${folder}/kustomization.yaml`, (text) =>
      text.replace(/^.*\bmembers-worker\b.*\n/m, (line) => line + as(line)),
    );
  }
}
