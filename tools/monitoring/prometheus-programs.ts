import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findProgram } from '@convene/testing/find-program';

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Where the programs of Debian's package are kept: unpacked, not installed, so there is no service to disable. */
const UNPACKED = resolve(__dirname, '../../.convene/prometheus');
const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * The programs of Prometheus: those on this machine, else those of the distribution's package, which is unpacked below
 * .convene/ once. Undefined where neither works (no Debian, no network): what needs them is skipped, and says so.
 */
export function prometheusPrograms(): PrometheusPrograms | undefined {
  const found = programsIn([]) ?? programsIn([join(UNPACKED, 'usr/bin')]);
  if (found) return found;
  const problem = unpackFromDebian();
  if (problem === undefined) return programsIn([join(UNPACKED, 'usr/bin')]);
  console.warn(
    `Skipped what needs Prometheus and promtool (${problem}). Install them, for example Debian's prometheus.`,
  );
  return undefined;
}

function programsIn(folders: string[]): PrometheusPrograms | undefined {
  const prometheus = findProgram('prometheus', folders);
  const promtool = findProgram('promtool', folders);
  return prometheus && promtool ? { prometheus, promtool } : undefined;
}

/** Needs no root: nothing is installed. Two at once are harmless: each unpacks aside, and one of them is kept. @returns the problem */
function unpackFromDebian(): string | undefined {
  if (!existsSync('/etc/debian_version') || !findProgram('apt-get')) return 'they are not on this machine';
  const aside = mkdtempSync(join(dirname(UNPACKED), 'prometheus-'));
  const run = (program: string, ...args: string[]) => {
    const { status } = spawnSync(program, args, { cwd: aside, timeout: DOWNLOAD_TIMEOUT_MS, stdio: 'ignore' });
    return status === 0;
  };
  const download = () => run('apt-get', 'download', '-qq', 'prometheus');
  try {
    // The lists of a fresh machine are empty, and only root may fill them.
    const isThere = download() || (run('apt-get', 'update', '-qq', '-o', 'DPkg::Lock::Timeout=60') && download());
    const [archive] = readdirSync(aside).filter((file) => file.endsWith('.deb'));
    if (!isThere || !archive) return 'apt-get download prometheus failed';
    if (!run('dpkg-deb', '--extract', archive, 'unpacked')) return `${archive} could not be unpacked`;
    if (!existsSync(UNPACKED)) renameSync(join(aside, 'unpacked'), UNPACKED);
    return undefined;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
