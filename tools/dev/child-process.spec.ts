import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { identify } from './child-process';

/** A process that starts a shell, which starts a `sleep`, and prints the ids of both. */
const program = (before: string, group: boolean) => `
const { Child } = require(${JSON.stringify(join(__dirname, 'child-process.ts'))});
const args = ['-c', '${before} sleep 300 & echo $$ $!; wait'];
const spawned = Child.spawn({ program: '/bin/sh', args, stdio: ['ignore', 'pipe', 'ignore'], group: ${group} });
spawned.then(({ stdout }) => stdout.pipe(process.stdout));
setInterval(() => undefined, 1000);`;

async function untilGone(pid: number): Promise<void> {
  while (identify(pid)) await wait(50);
}

describe('a child of a process that is killed with kill -9', () => {
  it.each([
    ['ends', '', false],
    ['ends with all that it has started, where it is a group', '', true],
    ['is killed when it ignores the signal', 'trap "" TERM;', false],
  ])('%s', async (_title, before, group) => {
    const parent = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program(before, group)]);
    const [line] = (await createInterface(parent.stdout)[Symbol.asyncIterator]().next()).value.split('\n') as [string];
    const [shell, sleeper] = line.split(' ').map(Number) as [number, number];
    expect(identify(shell)).toBeDefined();
    parent.kill('SIGKILL');
    await untilGone(shell);
    if (group) await untilGone(sleeper);
    else process.kill(sleeper, 'SIGKILL');
  });
});
