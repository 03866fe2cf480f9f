import { resolve } from 'node:path';
import { Child } from '../../dev/child-process';

const ROOT = resolve(__dirname, '../../..');
const READY_WITHIN_MS = 30_000;

/** Starts a process that is written by hand for a bench; ready when it answers HTTP at `PORT`. */
export async function startByHand(file: string, env: NodeJS.ProcessEnv & { PORT: string }): Promise<Child> {
  const child = await Child.spawn({
    program: process.execPath,
    args: ['--import', 'tsx', file],
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    stopSignal: 'SIGKILL',
  });
  const answers = () =>
    fetch(`http://127.0.0.1:${env.PORT}`).then(
      () => true,
      () => false,
    );
  try {
    await child.until(answers, READY_WITHIN_MS);
    return child;
  } catch (error) {
    await child.kill();
    throw new Error(`${file} ${(error as Error).message}`);
  }
}
