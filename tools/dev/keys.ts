import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SCRIPT = resolve(__dirname, '../../deploy/secrets.mjs');

export type Keys = Pick<ReturnType<typeof keysIn>, 'JWT_PRIVATE_KEY' | 'JWT_PUBLIC_KEYS' | 'TOKEN_SECRET'>;

/** The keys of a folder, made on first use and kept: logins, mailed links and push subscriptions outlive a restart. */
export function keysIn(dir: string) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  execFileSync(process.execPath, [SCRIPT, dir]);
  const read = (name: string) => readFileSync(join(dir, name), 'utf8');
  return {
    JWT_PRIVATE_KEY: read('jwt-private.pem'),
    JWT_PUBLIC_KEYS: read('jwt-public.pem'),
    TOKEN_SECRET: read('token-secret'),
    OPS_SECRET: read('ops-secret'),
    VAPID_PUBLIC_KEY: read('vapid-public'),
    VAPID_PRIVATE_KEY: read('vapid-private'),
  };
}

/** Fresh ones, for tests. */
export function newKeys(): Keys {
  const dir = mkdtempSync(join(tmpdir(), 'convene-keys-'));
  const { JWT_PRIVATE_KEY, JWT_PUBLIC_KEYS, TOKEN_SECRET } = keysIn(dir);
  rmSync(dir, { recursive: true });
  return { JWT_PRIVATE_KEY, JWT_PUBLIC_KEYS, TOKEN_SECRET };
}
