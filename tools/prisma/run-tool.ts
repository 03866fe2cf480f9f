import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** Runs one of this folder's command lines as `npm run` does, for its spec. */
export function runTool(
  file: string,
  env: Record<string, string>,
  ...options: string[]
): Promise<{ code: number; output: string }> {
  const args = ['--import', 'tsx', join(__dirname, file), ...options];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env: { ...process.env, ...env } }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
