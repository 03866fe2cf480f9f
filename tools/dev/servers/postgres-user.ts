import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface User {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as the user of its package, or as `nobody`. Undefined unless we are root. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const name = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody';
  const id = (flag: string) => Number(execFileSync('id', [flag, name]));
  return { uid: id('-u'), gid: id('-g') };
}

/** `dir`, or, where that user cannot get there (a clone below /root, say), a directory of the same name it can reach. */
export function reachableDir(dir: string, user: User | undefined): string {
  mkdirSync(dir, { recursive: true });
  if (!user || spawnSync('test', ['-x', dir], { ...user, cwd: '/' }).status === 0) return dir;
  const other = alternativeDir(dir);
  mkdirSync(other, { recursive: true });
  return other;
}

export function alternativeDir(dir: string): string {
  return join('/var/tmp', `convene-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
}

export function handOver(dir: string, user: User | undefined): void {
  if (user) chownSync(dir, user.uid, user.gid);
}
