import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestSystem } from './test-system';

const run = promisify(execFile);

/** The block of shell below a heading of the README, as it is printed. */
function printed(heading: string): string {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(readme.slice(readme.indexOf(`## ${heading}`)))?.[1];
  if (!block) throw new Error(`The README has no block of shell below "${heading}"`);
  return block;
}

/** Runs the README's tour of the API: signup, login, a company, an invitation that is accepted. @returns what it printed. */
export async function runReadmeTour(system: TestSystem): Promise<string> {
  const script = `set -euo pipefail\n${printed('The API in curl')}`;
  const env = { ...process.env, API: `${system.processes.app('api-gateway').url}/v1`, MAILS: system.mails };
  // Both streams, to show which line failed.
  const { stdout } = await run('bash', ['-xc', script], { env, timeout: 60_000 }).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`The tour failed:\n${error.stdout ?? ''}\n${error.stderr ?? ''}`);
    },
  );
  return stdout;
}
