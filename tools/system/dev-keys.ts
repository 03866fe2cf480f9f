import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Keys {
  JWT_PRIVATE_KEY: string;
  JWT_PUBLIC_KEYS: string;
  TOKEN_SECRET: string;
}

/** Of web push (RFC 8292): the public point, and the private number, in base64url. */
export interface VapidKeys {
  VAPID_PUBLIC_KEY: string;
  VAPID_PRIVATE_KEY: string;
}

/** Fresh ones, for tests. */
export function newKeys(): Keys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { JWT_PRIVATE_KEY: pem, JWT_PUBLIC_KEYS: publicOf(pem), TOKEN_SECRET: randomBytes(32).toString('base64url') };
}

/** This folder's own, made on first use and kept, so that logins and mailed links outlive a restart. */
export function devKeys(dir: string): Keys {
  const keyFile = join(dir, 'jwt-private.pem');
  const secretFile = join(dir, 'token-secret');
  if (!existsSync(keyFile) || !existsSync(secretFile)) {
    const keys = newKeys();
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(keyFile, keys.JWT_PRIVATE_KEY, { mode: 0o600 });
    writeFileSync(secretFile, keys.TOKEN_SECRET, { mode: 0o600 });
  }
  const pem = readFileSync(keyFile, 'utf8');
  return { JWT_PRIVATE_KEY: pem, JWT_PUBLIC_KEYS: publicOf(pem), TOKEN_SECRET: readFileSync(secretFile, 'utf8') };
}

/** This folder's own, so that subscriptions of browsers outlive a restart. */
export function devVapidKeys(dir: string): VapidKeys {
  const file = join(dir, 'vapid.json');
  if (!existsSync(file)) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(newVapidKeys()), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as VapidKeys;
}

function newVapidKeys(): VapidKeys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y, d } = privateKey.export({ format: 'jwk' }) as { x: string; y: string; d: string };
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { VAPID_PUBLIC_KEY: point.toString('base64url'), VAPID_PRIVATE_KEY: d };
}

function publicOf(pem: string): string {
  return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }) as string;
}
