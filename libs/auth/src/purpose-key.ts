import { hkdfSync } from 'node:crypto';

/** Any number of secrets, the newest first: the newest one signs, all of them verify. */
export type Secrets = readonly [string, ...string[]];

/** A key for a single purpose: its disclosure does not affect the keys of other purposes. */
export function purposeKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}
