import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process that starts a shell, and prints what that prints. All that run hold the standard error of the first open. */
const program = (script: string, group: boolean) => `
const { Child } = require(${JSON.stringify(join(__dirname, 'child-process.ts'))});
const child = { program: '/bin/sh', args: ['-c', '${script}'], stdio: ['ignore', 'pipe', 'inherit'], group: ${group} };
void Child.spawn(child).then(({ stdout }) => stdout.pipe(process.stdout));
setInterval(() => undefined, 1000);`;

describe('a child of a process that is killed with kill -9', () => {
  it.each([
    ['ends', 'echo started; exec sleep 300', false],
    ['ends with all that it has started, where it is a group', 'sleep 300 & echo started; wait', true],
    ['is killed when it ignores the signal', 'trap "" TERM; echo started; exec sleep 300', false],
  ])('%s', async (_title, script, group) => {
    const parent = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program(script, group)]);
    await once(parent.stdout, 'data');
    const closed = once(parent.stderr.resume(), 'close');
    parent.kill('SIGKILL');
    await closed;
  });
});
