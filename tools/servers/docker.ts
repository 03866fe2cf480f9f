import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Is there a Docker engine that answers us (and, for `compose`, its plugin)? */
export async function hasDocker(...subcommand: string[]): Promise<boolean> {
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 10_000 });
    if (subcommand.length > 0) await run('docker', subcommand, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** Runs docker and turns its complaint into the error's message. */
export async function docker(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    return (await run('docker', args, { env: { ...process.env, ...env } })).stdout;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`docker ${args.join(' ')}: ${stderr?.trim() || message}`, { cause: error });
  }
}
