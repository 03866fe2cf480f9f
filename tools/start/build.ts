import { join, resolve } from 'node:path';
import { Child } from '../process/child';
import { Remediable } from '../servers/server';
import { appNames } from '../system/apps';

const root = resolve(__dirname, '../..');

/** Generates the Prisma client and builds the apps, as far as Nx's cache does not have them. */
export async function buildApps(onStart: (child: Child) => void): Promise<void> {
  const child = await Child.spawn({
    program: join(root, 'node_modules/.bin/nx'),
    args: ['run-many', '-t', 'build', '-p', appNames.join(','), '--output-style=static'],
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NATIVE_COMMAND_RUNNER: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    stopSignal: 'SIGTERM',
    group: true,
  });
  onStart(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const how = await child.ended;
  if (how === 'exit code 0') return;
  const last = output.trimEnd().split('\n').slice(-40).join('\n');
  throw new Remediable(`The build failed (${how}). Its last lines:\n${last}\nAll of it: npx nx run-many -t build`);
}
