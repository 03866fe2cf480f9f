import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestSystem } from './test-support/test-system';

const run = promisify(execFile);

/** The block of shell below a heading of the README, as it is printed. */
function printed(heading: string): string {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(readme.slice(readme.indexOf(`## ${heading}`)))?.[1];
  if (!block) throw new Error(`The README has no block of shell below "${heading}"`);
  return block;
}

it("the README's tour of the API works as printed", async () => {
  await TestSystem.with({}, async (system) => {
    const script = `set -euo pipefail\n${printed('The API in curl')}`;
    const env = { ...process.env, API: `${system.processes.app('api-gateway').url}/v1`, MAILS: system.mails };
    // Both streams, to show which line failed.
    const { stdout } = await run('bash', ['-xc', script], { env, timeout: 60_000 }).catch(
      (error: Error & { stdout?: string; stderr?: string }) => {
        throw new Error(`The tour failed:\n${error.stdout ?? ''}\n${error.stderr ?? ''}`);
      },
    );
    expect(stdout).toMatch(/"status":"ACCEPTED"/);
    expect(stdout).toMatch(/"displayName":"Bo","role":"MEMBER"/);
    const invites = await system.rows<{ status: string }>('SELECT status FROM invites');
    expect(invites).toEqual([{ status: 'ACCEPTED' }]);
    await system.quiet();
    const notified = await system.rows<{ code: string }>('SELECT code FROM notifications');
    expect(notified).toEqual([{ code: 'INVITE_ACCEPTED' }]);
  });
});
