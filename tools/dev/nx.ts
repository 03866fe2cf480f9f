import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Child } from './child-process';
import { UserError } from './terminal';

const ROOT = resolve(__dirname, '../..');
const NX = join(ROOT, 'node_modules/nx/dist/bin/nx.js');
const ENV = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NATIVE_COMMAND_RUNNER: 'false' };

/** `nx run-many`, with all that it starts in one process group. */
export function runMany(args: string[], output: 'inherit' | 'pipe', env: NodeJS.ProcessEnv = {}): Promise<Child> {
  return Child.spawn({
    program: process.execPath,
    args: [NX, 'run-many', ...args, '--output-style=static'],
    cwd: ROOT,
    env: { ...ENV, ...env },
    stdio: ['ignore', output, output],
    group: true,
  });
}

/** Generates the Prisma client and builds the apps, as far as Nx's cache does not have them. */
export async function buildApps(onStart: (child: Child) => void): Promise<void> {
  const child = await runMany(['-t', 'build', '-p', 'tag:type:app'], 'pipe');
  onStart(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const how = await child.ended;
  if (how === 'exit code 0') return;
  const last = output.trimEnd().split('\n').slice(-40).join('\n');
  throw new UserError(`The build failed (${how}). Its last lines:\n${last}\nAll of it: npx nx run-many -t build`);
}

/** The projects with tests and their folders. */
export function testedProjects(): Map<string, string> {
  const args = [NX, 'graph', '--print'];
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const text = execFileSync(process.execPath, args, {
    cwd: ROOT,
    env: ENV,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio,
  });
  const { nodes } = (JSON.parse(text) as { graph: { nodes: Record<string, Node> } }).graph;
  const tested = Object.values(nodes).filter(({ data }) => data.targets?.['test']);
  return new Map(tested.map(({ name, data }) => [name, join(ROOT, data.root)]));
}

interface Node {
  name: string;
  data: { root: string; targets?: Record<string, unknown> };
}
