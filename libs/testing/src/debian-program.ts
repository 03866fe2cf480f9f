import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from './find-program';

const STORE = resolve(__dirname, '../../../.convene/debian');
const APT = ['-qq', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1'];
const COMMAND_TIMEOUT_MS = 60_000;

export interface Program {
  readonly path: string;
  /** Where its libraries are, if they were unpacked with it. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A program that specs run and development does not need: an installed one, or else the distribution's package unpacked below
 * `.convene/debian`, with the libraries that the machine lacks. Nothing is installed, no service starts, and root is not needed.
 * @returns undefined, after a line on stderr that says why, on other systems and without the package.
 */
export function debianProgram(name: string, debianPackage = name): Program | undefined {
  const installed = findProgram(name);
  if (installed) return { path: installed, env: process.env };
  const folder = join(STORE, debianPackage);
  try {
    if (!existsSync(folder)) unpack(debianPackage, folder);
  } catch (error) {
    const reason = (error as Error).message.trim().split('\n').at(-1);
    process.stderr.write(
      `Skipped: ${name} is not installed, and its Debian package could not be unpacked (${reason})\n`,
    );
    return undefined;
  }
  const path = findProgram(name, [join(folder, 'usr/sbin'), join(folder, 'usr/bin')]);
  return path === undefined ? undefined : { path, env: { ...process.env, LD_LIBRARY_PATH: librariesIn(folder) } };
}

function unpack(debianPackage: string, folder: string): void {
  mkdirSync(STORE, { recursive: true });
  const work = mkdtempSync(join(STORE, `${debianPackage}-`));
  try {
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, args, { cwd: work, encoding: 'utf8', stdio: 'pipe', timeout: COMMAND_TIMEOUT_MS });
    const plan = run('apt-get', ...APT, '--simulate', '--no-install-recommends', 'install', debianPackage);
    const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, one]) => one as string);
    run('apt-get', ...APT, 'download', ...packages);
    for (const file of readdirSync(work)) run('dpkg', '--extract', file, 'root');
    // At once, so that a spec in another process finds all of it or nothing. It may have been faster.
    if (!existsSync(folder)) renameSync(join(work, 'root'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function librariesIn(folder: string): string {
  const base = join(folder, 'usr/lib');
  if (!existsSync(base)) return '';
  return readdirSync(base)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(base, name))
    .join(':');
}
