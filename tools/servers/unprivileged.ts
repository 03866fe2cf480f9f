import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Remediable } from './server';

export interface User {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as the user of its package, or as nobody. Undefined when we are not root. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const id = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    if (id.status !== 0) continue;
    return { uid: Number(id.stdout), gid: Number(execFileSync('id', ['-g', name], { encoding: 'utf8' })) };
  }
  throw new Remediable('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.');
}

/** `dir`, or, where that user cannot get there (a clone below /root, say), a directory of the same name it can reach. */
export function reachableDir(dir: string, user: User | undefined): string {
  mkdirSync(dir, { recursive: true });
  if (!user || spawnSync('test', ['-x', dir], { ...user, cwd: '/' }).status === 0) return dir;
  const elsewhere = elsewhereFor(dir);
  mkdirSync(elsewhere, { recursive: true });
  return elsewhere;
}

export function elsewhereFor(dir: string): string {
  return join('/var/tmp', `convene-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
}

export function handOver(dir: string, user: User | undefined): void {
  if (user) chownSync(dir, user.uid, user.gid);
}
