import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SERVERS = ['postgres', 'rabbitmq'] as const;
export type DiskServer = (typeof SERVERS)[number];

/** Of a file system in memory, which can be filled without filling the machine's. */
const SIZE_MB = 700;

/**
 * Gives the servers below `dir` a file system each. @returns false where that is refused: it needs root on Linux, and
 * elsewhere the cases that fill a disk are left out.
 */
export function mountDisks(dir: string, undo: (() => unknown)[]): boolean {
  for (const server of SERVERS) {
    const at = join(dir, server);
    mkdirSync(at);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', at], { stdio: 'ignore' });
    } catch {
      return false;
    }
    undo.push(() => execFileSync('umount', ['--lazy', at]));
  }
  return true;
}

/** Fills the file system that is mounted at `at`, but for some MB. @returns how to free it again. */
export function fillDisk(at: string, leaveMb: number): () => void {
  const file = join(at, 'ballast');
  const [, free] = execFileSync('df', ['--output=avail', '--block-size=1', at], { encoding: 'utf8' }).split('\n');
  execFileSync('fallocate', ['-l', String(Number(free) - leaveMb * 2 ** 20), file]);
  return () => rmSync(file);
}
