import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { findProgram } from '@convene/testing/find-program';
import { print, UserError } from '../terminal';
import type { ServerName } from './server';

const debianPackages: Record<ServerName, string> = {
  postgres: 'postgresql',
  redis: 'redis-server',
  rabbitmq: 'rabbitmq-server',
};

export const canInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;

/**
 * Installs the packages for their programs alone: policy-rc.d keeps their services from starting now, and the units are
 * disabled so that they do not at the next boot. Installed servers are not touched. One shell does it all, so that
 * policy-rc.d is put back even if this process is killed meanwhile.
 */
const script = `
set -e
policy=/usr/sbin/policy-rc.d
[ -e $policy ] && mv $policy $policy.before-convene
restore() { rm -f $policy; [ -e $policy.before-convene ] && mv $policy.before-convene $policy; true; }
trap restore EXIT
trap 'exit 130' INT TERM HUP
printf '#!/bin/sh\\nexit 101\\n' > $policy
chmod +x $policy
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@" >/dev/null
if command -v systemctl >/dev/null; then systemctl disable "$@" >/dev/null 2>&1 || true; fi
`;

export async function installFromDebian(names: ServerName[]): Promise<void> {
  const packages = names.map((name) => debianPackages[name]);
  const command = `apt-get install ${packages.join(' ')}`;
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await prompt.question(`Not on this machine: ${packages.join(', ')}. Run "${command}" now? [Y/n] `);
    prompt.close();
    if (/^n/i.test(answer.trim())) throw new UserError(`Then install them yourself (${command}) and start again.`);
  }
  print(`${command} (a minute or two; their system services are not started)`);
  const shell = spawn('/bin/sh', ['-c', script, 'install', ...packages], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  shell.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2_000)));
  const [code] = (await once(shell, 'close')) as [number | null];
  if (code !== 0) throw new UserError(`"${command}" failed:\n${errors.trim()}\nInstall them yourself and start again.`);
}
