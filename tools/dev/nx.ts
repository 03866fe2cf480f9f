import { join, resolve } from 'node:path';
import { createProjectGraphAsync, readProjectsConfigurationFromProjectGraph } from '@nx/devkit';
import { Child } from './child-process';
import { UserError } from './terminal';

const ROOT = resolve(__dirname, '../..');
const ENV = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NATIVE_COMMAND_RUNNER: 'false' };

/** `nx run-many`, with all that it starts in one process group. */
export function runMany(args: string[], output: 'inherit' | 'pipe', env: NodeJS.ProcessEnv = {}): Promise<Child> {
  return Child.spawn({
    program: process.execPath,
    args: [require.resolve('nx/bin/nx'), 'run-many', ...args, '--output-style=static'],
    cwd: ROOT,
    env: { ...process.env, ...ENV, ...env },
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

/** The projects with tests, and their folders. */
export async function testedProjects(): Promise<Map<string, string>> {
  Object.assign(process.env, ENV);
  const { projects } = readProjectsConfigurationFromProjectGraph(await createProjectGraphAsync({ exitOnError: true }));
  const tested = Object.entries(projects).filter(([, { targets }]) => targets?.['test']);
  return new Map(tested.map(([name, { root }]) => [name, join(ROOT, root)]));
}
