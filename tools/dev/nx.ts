import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createProjectGraphAsync, readProjectsConfigurationFromProjectGraph } from '@nx/devkit';
import { Child } from './child-process';
import { type Undo, UserError } from './terminal';

const ROOT = resolve(__dirname, '../..');
const ENV = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NATIVE_COMMAND_RUNNER: 'false' };

/** `nx run-many`, with all that it starts in one process group. */
export async function runMany(undo: Undo, args: string[], output: 'inherit' | 'pipe', env = {}): Promise<Child> {
  const child = await Child.spawn({
    program: process.execPath,
    args: [require.resolve('nx/bin/nx'), 'run-many', ...args, '--output-style=static'],
    cwd: ROOT,
    env: { ...process.env, ...ENV, ...env },
    stdio: ['ignore', output, 'inherit'],
    group: true,
  });
  undo.push(() => child.stop());
  return child;
}

/** Generates the Prisma client and builds the apps, as far as Nx's cache does not have them. */
export function buildApps(undo: Undo): Promise<void> {
  return runQuietly(undo, 'build', 'tag:type:app');
}

/** Generates the Prisma client, which sources import. */
export function generateClient(undo: Undo): Promise<void> {
  return runQuietly(undo, 'generate', 'prisma');
}

async function runQuietly(undo: Undo, target: string, projects: string): Promise<void> {
  const child = await runMany(undo, ['-t', target, '-p', projects], 'pipe');
  const output = child.stdout ? await text(child.stdout) : '';
  const how = await child.ended;
  if (how !== 'exit code 0') throw new UserError(`The ${target} failed (${how}):\n${output.slice(-4_000)}`);
}

/** The projects with tests, and their folders. */
export async function testedProjects(): Promise<Map<string, string>> {
  Object.assign(process.env, ENV);
  const { projects } = readProjectsConfigurationFromProjectGraph(await createProjectGraphAsync({ exitOnError: true }));
  const tested = Object.entries(projects).filter(([, { targets }]) => targets?.['test']);
  return new Map(tested.map(([name, { root }]) => [name, join(ROOT, root)]));
}
