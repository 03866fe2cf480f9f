import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process that starts a shell. All that run hold the standard output of the first open. */
const program = (script: string, group: boolean) => `
const { Child } = require(${JSON.stringify(join(__dirname, 'child-process.ts'))});
void Child.spawn({ program: '/bin/sh', args: ['-c', '${script}'], stdio: ['ignore', 'inherit', 'ignore'], group: ${group} });
setInterval(() => undefined, 1000);`;

describe('a child of a process that is killed with kill -9', () => {
  it.each([
    ['ends', 'echo started; exec sleep 300', false],
    ['ends with all that it has started, where it is a group', 'sleep 300 & echo started; wait', true],
    ['is killed when it ignores the signal', 'trap "" TERM; echo started; exec sleep 300', false],
  ])('%s', async (_title, script, group) => {
    const parent = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program(script, group)]);
    await once(parent.stdout, 'data');
    const closed = once(parent.stdout, 'close');
    parent.kill('SIGKILL');
    await closed;
  });
});
